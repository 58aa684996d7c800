"""Warnings about a store whose sync succeeds: orders limited to 60 days, and an unexpected API version.

Without the scope read_all_orders, older orders are missing without an error, so that a first sync looks complete.
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
    """Returns the app's scopes and API version, kept in the store's record; ReauthRequired without read access."""
    if not SOME_ORDERS & set(scopes):
        raise ReauthRequired("missing scope read_orders of the Shopify app: grant it and reinstall the app")
    requested = client.http.base_url.path.rstrip("/").rpartition("/")[2]
    version = {"asked": requested, "answered": response.headers.get("x-shopify-api-version")}
    return {"accessScopes": sorted(scopes), "apiVersion": version}


def notes(payload: RawJson) -> tuple[str, ...]:
    found = decode(payload, TERMS, "shopify shop")
    return tuple(sentence for sentence in (_order_age_warning(found), _version_warning(found.api_version)) if sentence)


def _order_age_warning(found: Terms) -> str | None:
    if ALL_ORDERS in found.access_scopes:
        return None
    return (
        "orders older than 60 days and their refunds are missing: the app lacks the scope read_all_orders; "
        "request it in Shopify's Partner Dashboard, then reinstall the app"
    )


def _version_warning(version: Version) -> str | None:
    if version.answered in {None, version.asked}:
        return None
    return (
        f"Shopify used API version {version.answered} instead of {version.asked}: correct api_version in the "
        "connection, or update adsync"
    )
