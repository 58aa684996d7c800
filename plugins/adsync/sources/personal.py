"""What may be kept of an order: customer ids become keyed hashes, links keep only their campaign parameters.

Everything that could name a person is dropped before a record leaves the adapter.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

CAMPAIGN_KEY = re.compile(
    r"utm_\w+|fbclid|ttclid|gclid|gbraid|wbraid|sc_?cid|_fb[pc]|(?:campaign|ad|adset|adgroup)_?id|landing_page|referrer",
    re.IGNORECASE,
)
LINKS = {"landingPage", "referrerUrl"}


def without_personal_data(node: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """An order as it may be stored; `key` is the workspace's own, so hashes of two workspaces never match."""
    kept = {name: _clean(name, value) for name, value in node.items()}
    if customer := node.get("customer"):
        kept["customer"] = {"id": hashed(str(customer["id"]), key)}
    return kept


def hashed(identity: str, key: bytes) -> str:
    """Hex HMAC-SHA256 of a customer's id."""
    return hmac.new(key, identity.encode(), hashlib.sha256).hexdigest()


def campaign_link(url: str) -> str:
    """A URL without user, fragment and every query parameter that does not speak of a campaign."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = "&".join(pair for pair in parts.query.split("&") if CAMPAIGN_KEY.fullmatch(pair.partition("=")[0]))
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def _clean(name: str, value: Any) -> Any:
    if name in LINKS and isinstance(value, str):
        return campaign_link(value)
    if name == "customAttributes":
        return [_attribute(entry) for entry in value or () if CAMPAIGN_KEY.fullmatch(str(entry.get("key")))]
    if isinstance(value, dict):
        return {inner: _clean(inner, item) for inner, item in value.items()}
    if isinstance(value, list):
        return [_clean("", item) for item in value]
    return value


def _attribute(entry: Mapping[str, Any]) -> dict[str, Any]:
    is_link = entry["key"] in {"landing_page", "referrer"}
    return {"key": entry["key"], "value": campaign_link(str(entry["value"])) if is_link else entry["value"]}
