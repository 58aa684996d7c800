"""Zid: pages counted by a total, read from one day before the range; an HTML page is a login page."""

from __future__ import annotations

from datetime import timedelta

import httpx

from adsync.errors import ContractError, RateLimited, ReauthRequired, TemporaryError, TokenExpired
from contracts import Contract, Listed, Refusal, stores

ROW = {
    "id": 1, "order_status": {"code": "new"}, "payment_status": "paid", "order_total": "1.0", "currency_code": "SAR",
    "created_at": "2026-11-20 07:00:31", "updated_at": "2026-11-20 07:00:31",
}  # fmt: skip


def page(total: int, *rows: object) -> dict[str, object]:
    return {"status": "object", "orders": list(rows), "total_order_count": total}


CONTRACT = Contract(
    first="stores",
    path="managers/account/profile",
    lists={
        "orders": Listed(
            "managers/store/orders",
            stores.sold(earlier=timedelta(days=1)),
            page="adsync.sources.zid.source",
            needed=("id", "order_status", "payment_status", "order_total", "currency_code", "created_at", "updated_at"),
            counted=stores.sold(),
            sizes=(3, 7, 100),
            empty=(page(0),),
            circle=Refusal(page(300, ROW), ContractError, "page 1 again"),
            lost={"status": "object", "orders": []},
            keeps_unknown=False,
        )
    },
    errors={
        "rate_limited": RateLimited,
        "http_429": RateLimited,
        "server_error": TemporaryError,
        "too_much_data": TemporaryError,
        "token_expired": TokenExpired,
        "redirect_to_login": TokenExpired,
        "html": TokenExpired,
        "permission_denied": ReauthRequired,
    },
    waits=(
        ("rate_limited", 120, 120),
        ("rate_limited", None, 60),
        ("http_429", 90, 90),
        ("http_429", None, 60),
    ),
    passing=(2,),
    expired="session expired",
    facts=("currency",),
    echo=lambda text: httpx.Response(422, json={"status": "error", "message": {"type": "error", "code": text}}),
    owner="394106",
    personal=(*stores.BUYER, "J***", "/o/", "عود"),
    renews=True,
)
