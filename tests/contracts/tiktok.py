"""TikTok: pages by number, errors inside HTTP 200."""

from __future__ import annotations

import httpx

from adsync.errors import RateLimited, ReauthRequired, TemporaryError, TooMuchData
from contracts import Contract, Listed, Refusal, ads


def page(number: int, last: int, *rows: object) -> dict[str, object]:
    info = {"page": number, "total_page": last}
    return {"code": 0, "message": "OK", "data": {"list": list(rows), "page_info": info}}


ROW = {"campaign_id": "1", "dimensions": {"campaign_id": "1", "stat_time_day": "2026-11-20 00:00:00"}, "metrics": {}}
AD = {"ad_id": "1", "adgroup_id": "2", "campaign_id": "3"}
ANSWERS = {
    "empty": (page(1, 0), page(1, 1)),
    "middle": page,
    # Page numbers never repeat; rows may, and then others may be missing.
    "circle": Refusal(page(1, 3, ROW), TemporaryError, "the list changed while it was read"),
    "lost": {"code": 0, "data": {"list": []}},
    "page": "adsync.sources.tiktok.api",
}

CONTRACT = Contract(
    first="accounts",
    path="advertiser/info",
    lists={
        # The second listing is that of GMV Max.
        "campaigns": Listed(
            "campaign/get", ads.campaigns(deleted=True), needed=("campaign_id",), lists=2, full=2, **ANSWERS
        ),
        "campaign_metrics": Listed(
            "report/integrated", ads.delivered, needed=("campaign_id", "stat_time_day"), **ANSWERS
        ),
        "ads": Listed(
            "ad/get",
            ads.children_of(deleted=True),
            needed=("campaign_id", "adgroup_id"),
            **ANSWERS | {"circle": Refusal(page(1, 3, AD), TemporaryError, "the list changed while it was read")},
            **ads.CHILDREN,
        ),
    },
    errors={
        "rate_limited": RateLimited,
        "http_429": RateLimited,
        "server_error": TemporaryError,
        "internal_error": TemporaryError,
        "partial_success": TemporaryError,
        "html": TemporaryError,
        "too_much_data": TooMuchData,
        "token_expired": ReauthRequired,
        "permission_denied": ReauthRequired,
        "query_too_large": TooMuchData,
        "too_frequent": RateLimited,
    },
    # It reports the limit, per second or per minute, but not the wait.
    waits=(
        ("rate_limited", 60, 300),
        ("rate_limited", None, 2),
        ("http_429", 90, 90),
        ("http_429", None, None),
    ),
    passing=(None,),
    expired="authorize the app again",
    facts=("timezone", "currency"),
    echo=lambda text: httpx.Response(200, json={"code": 40002, "message": text}),
    owner="7000000000000000003",
)
