"""Shopify: one URL for everything, errors inside HTTP 200, orders stored as requested."""

from __future__ import annotations

import httpx

from adsync.errors import ContractError, RateLimited, ReauthRequired, TemporaryError, TokenExpired, TooMuchData
from contracts import Contract, Listed, Refusal, stores


def page(number: int, last: int, cursor: str | None = "") -> object:
    info = {"hasNextPage": number < last, "endCursor": f"cursor-{number}" if cursor == "" else cursor}
    return {"data": {"orders": {"nodes": [], "pageInfo": info}}}


CONTRACT = Contract(
    first="stores",
    path="graphql",
    lists={
        "orders": Listed(
            "graphql",
            stores.ordered,
            page="adsync.sources.shopify.source",
            needed=("id", "updatedAt"),
            counted=stores.ordered,
            asks="OrdersUpdated",
            # More are not requested before a response reports how fast the bucket refills.
            days=7,
            sizes=(3, 7, 33),
            empty=(page(1, 1, None), page(1, 1)),
            middle=page,
            circle=Refusal(page(1, 2, "same"), ContractError, "returns to page 'same'"),
            lost=page(1, 2, None),
        )
    },
    errors={
        "rate_limited": RateLimited,
        "http_429": RateLimited,
        "server_error": TemporaryError,
        "internal_error": TemporaryError,
        "partial_success": TemporaryError,
        "html": TemporaryError,
        "too_much_data": TooMuchData,
        "token_expired": TokenExpired,
        "permission_denied": ReauthRequired,
        "shop_frozen": ReauthRequired,
        "old_token": ReauthRequired,
    },
    waits=(
        ("rate_limited", 30, 30),
        ("rate_limited", None, 1),
        ("http_429", 90, 90),
        ("http_429", None, None),
    ),
    passing=(None,),
    expired="reinstall the app",
    facts=("ianaTimezone", "currencyCode"),
    echo=lambda text: httpx.Response(200, json={"errors": [{"message": text, "extensions": {"code": "x"}}]}),
    owner="juniper.myshopify.com",
    personal=stores.BUYER,
    renews=True,
)
