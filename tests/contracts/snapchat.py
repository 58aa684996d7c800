"""Snapchat: lists linked from page to page, whose items have a status of their own; a window's rows come at once."""

from __future__ import annotations

import httpx

from adsync.errors import (
    ContractError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TokenExpired,
    TooMuchData,
)
from contracts import Contract, Listed, Refusal, ads

OWN, ELSEWHERE = "http://sandbox/snapchat/v1/next?cursor=", "https://elsewhere.example/v1/next?cursor="


def paging(number: int, last: int, host: str = OWN) -> dict[str, object]:
    return {"paging": {"next_link": f"{host}{number}"} if number < last else {}}


def campaigns(number: int, last: int, host: str = OWN) -> object:
    return {"request_status": "SUCCESS", "campaigns": [], **paging(number, last, host)}


def children(number: int, last: int, host: str = OWN) -> object:
    return {"request_status": "SUCCESS", "adsquads": [], "ads": [], **paging(number, last, host)}


def stats(number: int, last: int, host: str = OWN) -> object:
    """The link stands inside the stat object."""
    stat = {"timeseries": [], "breakdown_stats": {"campaign": []}, **paging(number, last, host)}
    items = [{"sub_request_status": "SUCCESS", "timeseries_stat": stat}]
    return {"request_status": "success", "timeseries_stats": items}


AGAIN = "which was read before"
CONTRACT = Contract(
    first="accounts",
    path="adaccounts/",
    lists={
        "campaigns": Listed(
            "/campaigns",
            ads.campaigns(deleted=False),
            page="adsync.sources.snapchat.entities",
            needed=("id",),
            empty=(campaigns(1, 1), {"request_status": "success", "campaigns": []}),
            middle=campaigns,
            circle=Refusal(campaigns(1, 2), ContractError, AGAIN),
            lost=campaigns(1, 2, ELSEWHERE),
            sizes=(50, 60, 1000),
            world=ads.crowded,
        ),
        "campaign_metrics": Listed(
            "/stats",
            ads.delivered,
            page="snapchat_stats_page",
            needed=("start_time", "stats"),
            empty=(stats(1, 1),),
            middle=stats,
            circle=Refusal(stats(1, 2), ContractError, AGAIN),
            lost=stats(1, 2, ELSEWHERE),
            counts=lambda keys: len({key.partition(":")[0] for key in keys}),
            lists=2,
            full=2,
            held=True,
        ),
        "ads": Listed(
            "/ads",
            ads.children_of(deleted=False),
            page="adsync.sources.snapchat.entities",
            needed=("campaign_id", "ad_squad_id"),
            empty=(children(1, 1),),
            middle=children,
            circle=Refusal(children(1, 2), ContractError, AGAIN),
            lost=children(1, 2, ELSEWHERE),
            sizes=(50, 60, 1000),
            world=ads.crowded,
            # Squads are listed before their ads.
            lists=2,
            full=2,
            **ads.CHILDREN,
        ),
    },
    errors={
        "rate_limited": RateLimited,
        "http_429": RateLimited,
        "server_error": TemporaryError,
        "html": TemporaryError,
        "partial_success": TemporaryError,
        "error_inside": PermanentError,
        "too_much_data": TooMuchData,
        "token_expired": TokenExpired,
        "permission_denied": ReauthRequired,
        "invalid_scope": ReauthRequired,
        "server_message": TemporaryError,
    },
    waits=(
        ("rate_limited", 120, 120),
        ("rate_limited", None, 60),
        ("http_429", 90, 90),
        ("http_429", None, 60),
    ),
    passing=(2,),
    expired="access token rejected",
    facts=("timezone", "currency"),
    echo=lambda text: httpx.Response(
        400, json={"request_status": "ERROR", "error_code": "E1001", "debug_message": text}
    ),
    owner="c55a8f6e-92e1-4a0e-9d0f-2f1f6f1e2a03",
    renews=True,
)
