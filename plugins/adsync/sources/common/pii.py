"""Removes personal data: customer ids become keyed hashes, links keep only their campaign parameters.

Everything that could identify a person is dropped before a record leaves its source.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from adsync.errors import ConfigError
from adsync.models import RawJson

CAMPAIGN_KEY = re.compile(
    r"_{0,2}utm_\w+|fbclid|ttclid|gclid|gbraid|wbraid|sc_?cid|_fb[pc]|(?:[a-z]+_)?campaign_?id|ad_?(?:set|group|squad)?_?id",
    re.IGNORECASE,
)
# Links copied out of a page's source.
ESCAPED_AMPERSAND = re.compile(r"&(?:amp;|#0*38;)+", re.IGNORECASE)
LINKS = {"landingPage", "referrerUrl"}
# Themes keep the first page and its referrer under these keys, in any case.
LINK_ATTRIBUTES = {"landing_page", "referrer"}

# The allowed keys, each with the keys allowed below it; None allows any value.
Fields = Mapping[str, "Fields | None"]
OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
ITEMS = msgspec.json.Decoder(list[msgspec.Raw])


def allow_fields(node: RawJson, fields: Fields) -> Any:
    """Returns the allowed fields of a JSON object, or of every object of a list; None for anything else.

    Values keep the text they arrived as, so that an amount is never converted to a float.
    """
    text = bytes(node)
    if text.startswith(b"["):
        return [allow_fields(item, fields) for item in ITEMS.decode(text)]
    if not text.startswith(b"{"):
        return None
    found = OBJECT.decode(text)
    return {
        name: found[name] if below is None else allow_fields(found[name], below)
        for name, below in fields.items()
        if name in found
    }


def without_personal_data(node: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """Returns an order as it may be stored; `key` is the workspace's own, so hashes of two workspaces never match."""
    kept = {name: _clean(name, value) for name, value in node.items()}
    if customer := node.get("customer"):
        kept["customer"] = {"id": hash_customer(str(customer["id"]), key)}
    return kept


def hash_customer(identity: str, key: bytes) -> str:
    """Returns the hex HMAC-SHA256 of a customer's id; without a key the id could be found by trying."""
    if not key:
        raise ConfigError("missing customer_key of the workspace in adsync.workspaces: import workspaces.yaml again")
    return hmac.new(key, identity.encode(), hashlib.sha256).hexdigest()


def campaign_link(url: str) -> str:
    """Returns a URL without user, fragment and the query parameters that do not name a campaign.

    A text that is not a URL becomes empty. A second "?" separates like "&": ad platforms append templates that begin
    with one to links that already have a query. Parameters behind "#", where single-page shops have them, follow those
    of the query.
    """
    try:
        parts = urlsplit(ESCAPED_AMPERSAND.sub("&", url))
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    pairs = re.split("[?&#]", f"{parts.query}&{parts.fragment}")
    query = "&".join(pair for pair in pairs if CAMPAIGN_KEY.fullmatch(pair.partition("=")[0]))
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def _clean(name: str, value: Any) -> Any:
    if name in LINKS and isinstance(value, str):
        return campaign_link(value)
    if name == "customAttributes":
        return [kept for entry in value or () if (kept := _attribute(str(entry["key"]), entry["value"]))]
    if isinstance(value, dict):
        return {inner: _clean(inner, item) for inner, item in value.items()}
    if isinstance(value, list):
        return [_clean("", item) for item in value]
    return value


def _attribute(key: str, value: Any) -> dict[str, Any] | None:
    if key.casefold() in LINK_ATTRIBUTES:
        return {"key": key, "value": value and campaign_link(str(value))}
    return {"key": key, "value": value} if CAMPAIGN_KEY.fullmatch(key) else None
