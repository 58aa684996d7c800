"""Salla: a list to compare with what is stored, and a call for each order that differs; five kinds of 401."""

from __future__ import annotations

import httpx

from adsync.errors import ContractError, PermanentError, RateLimited, ReauthRequired, TemporaryError, TokenExpired
from contracts import Contract, Listed, Refusal, stores


def page(number: int, last: int) -> dict[str, object]:
    paging = {"count": 0, "total": 30 * last, "perPage": 30, "currentPage": number, "totalPages": last, "links": []}
    return {"status": 200, "success": True, "data": [], "pagination": paging}


CONTRACT = Contract(
    first="stores",
    path="store/info",
    lists={
        "orders": Listed(
            "admin/v2/orders",
            stores.sold(),
            page="adsync.sources.salla.order_changes",
            needed=("id", "status", "total", "currency", "amounts"),
            counted=stores.placed,
            asks="orders?",
            sizes=(3, 7, 30),
            empty=(page(1, 1), page(1, 0)),
            middle=page,
            circle=Refusal(page(1, 3), ContractError, "page 1 again"),
            lost={"status": 200, "success": True, "data": []},
            keeps_unknown=False,
            world=stores.brief,
        )
    },
    errors={
        "rate_limited": RateLimited,
        "http_429": RateLimited,
        "blocked": RateLimited,
        "server_error": TemporaryError,
        "internal_error": TemporaryError,
        "too_much_data": TemporaryError,
        "html": TemporaryError,
        "token_expired": TokenExpired,
        "permission_denied": ReauthRequired,
        "user_deleted": ReauthRequired,
        "user_inactive": ReauthRequired,
        "user_unknown": ReauthRequired,
        "user_not_activated": ReauthRequired,
        "error_inside": PermanentError,
    },
    waits=(
        ("rate_limited", 120, 120),
        ("rate_limited", None, 60),
        ("http_429", 90, 90),
        ("http_429", None, 60),
        ("blocked", None, 600),
    ),
    passing=(2,),
    expired="access token is invalid or expired",
    facts=("currency",),
    echo=lambda text: httpx.Response(422, json={"status": 422, "error": {"code": "error", "message": text}}),
    owner="1305146709",
    personal=(*stores.BUYER, "Mozilla", "iban", "shop.example/orders", "2250000"),
    renews=True,
)
