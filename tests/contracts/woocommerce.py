"""WooCommerce: a list in the order of change that goes on after the last second seen; a short page is the last."""

from __future__ import annotations

import httpx

from adsync.errors import ContractError, PermanentError, RateLimited, ReauthRequired, TemporaryError, TooMuchData
from contracts import Contract, Listed, Refusal, stores

SAVED = "2026-11-20T07:00:31"
# A whole page of them, all saved in one second.
ROWS = [
    {
        "id": number, "status": "processing", "currency": "AED", "date_created_gmt": SAVED, "date_modified_gmt": SAVED,
        "total": "1.00", "customer_id": 0, "meta_data": [],
    }
    for number in range(100)
]  # fmt: skip

CONTRACT = Contract(
    first="stores",
    path="wp-json",
    lists={
        "orders": Listed(
            "wc/v3/orders",
            stores.sold("checkout-draft", "auto-draft"),
            page="adsync.sources.woocommerce.source",
            needed=("id", "status", "currency", "date_created_gmt", "date_modified_gmt", "total"),
            counted=stores.sold("checkout-draft", "auto-draft", "trash"),
            sizes=(3, 7, 100),
            empty=([],),
            # A site that returns the same page for every request.
            circle=Refusal(ROWS, ContractError, "the same orders again"),
            lost=[{name: value for name, value in ROWS[0].items() if name != "date_modified_gmt"}],
            lists=2,
            # A full page of orders, which the total ends, and the trash.
            full=2,
            keeps_unknown=False,
        )
    },
    errors={
        "rate_limited": RateLimited,
        "http_429": RateLimited,
        "server_error": TemporaryError,
        "unavailable": TemporaryError,
        "html": TemporaryError,
        "dirty_json": TemporaryError,
        "firewall": TemporaryError,
        "redirect_to_login": TemporaryError,
        "too_much_data": TooMuchData,
        "token_expired": ReauthRequired,
        "permission_denied": ReauthRequired,
        "no_route": PermanentError,
    },
    waits=(
        ("rate_limited", 120, 120),
        ("rate_limited", None, 60),
        ("http_429", 90, 90),
        ("http_429", None, 60),
        ("unavailable", 45, 45),
    ),
    passing=(2,),
    expired="create a new key",
    facts=("gmt_offset", "code"),
    echo=lambda text: httpx.Response(400, json={"code": text}),
    owner="shop.nakhla.example",
    personal=(*stores.BUYER, "iPhone", "wc_order_1", "4242424242424242", "iqama"),
)
