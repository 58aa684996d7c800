"""What a person should know of a store though nothing failed: the 60-day wall, and an API version that is not ours.

Without read_all_orders older orders are missing without a word, so that a first sync looks complete.
"""

from __future__ import annotations

from typing import Any

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ReauthRequired
from adsync.models import ApiResponse, RawJson
from adsync.sources.common.decoding import decode

ALL_ORDERS = "read_all_orders"
SOME_ORDERS = {"read_orders", "write_orders"}


class Version(msgspec.Struct):
    asked: str
    answered: str | None = None


class Terms(msgspec.Struct, rename="camel"):
    access_scopes: list[str]
    api_version: Version


TERMS = msgspec.json.Decoder(Terms)


def terms(client: ApiClient, response: ApiResponse, scopes: list[str]) -> dict[str, Any]:
    """On which terms the store is read, kept beside its own facts; ReauthRequired when they forbid orders."""
    if not SOME_ORDERS & set(scopes):
        raise ReauthRequired("this Shopify app may not read orders: grant it read_orders and install it again")
    asked = client.http.base_url.path.rstrip("/").rpartition("/")[2]
    version = {"asked": asked, "answered": response.headers.get("x-shopify-api-version")}
    return {"accessScopes": sorted(scopes), "apiVersion": version}


def notes(payload: RawJson) -> tuple[str, ...]:
    known = decode(payload, TERMS, "shopify shop")
    return tuple(sentence for sentence in (_wall(known), _mismatch(known.api_version)) if sentence)


def _wall(known: Terms) -> str | None:
    if ALL_ORDERS in known.access_scopes:
        return None
    return (
        "orders older than 60 days are missing, and so are their refunds: the app has no read_all_orders; "
        "ask Shopify for it in the Partner Dashboard, then install the app again"
    )


def _mismatch(version: Version) -> str | None:
    if version.answered in {None, version.asked}:
        return None
    return (
        f"Shopify answered in API version {version.answered}, not in {version.asked}: correct api_version in the "
        "connection, or update adsync"
    )
