"""Meta: pages by cursor, errors by code and subcode."""

from __future__ import annotations

import httpx

from adsync.errors import ContractError, RateLimited, ReauthRequired, TemporaryError, TooMuchData
from contracts import Contract, Listed, Refusal, ads


def page(number: int, last: int) -> object:
    cursor = f"cursor-{number}"
    link = {"next": f"https://graph.facebook.com/?after={cursor}&access_token=secret"} if number < last else {}
    return {"data": [], "paging": {"cursors": {"before": "b", "after": cursor}, **link}}


ANSWERS = {
    "empty": ({"data": []}, {"data": [], "paging": {}}, {"data": [], "paging": {"cursors": {}}}),
    "middle": page,
    # A page that links to itself is the last one, so that a circle needs two.
    "circle": Refusal(lambda call: page(call % 2, 2), ContractError, "returns to page 'cursor-0'"),
    "lost": {"data": [], "paging": {"cursors": {}, "next": "https://graph.facebook.com/"}},
    "page": "adsync.sources.meta.pagination",
}

CONTRACT = Contract(
    first="accounts",
    path="v26.0/act_901234567891",
    lists={
        "campaigns": Listed("/campaigns", ads.campaigns(deleted=False), needed=("id",), **ANSWERS),
        "campaign_metrics": Listed("/insights", ads.delivered, needed=("campaign_id", "date_start"), **ANSWERS),
        "ads": Listed(
            "/ads",
            ads.children_of(deleted=False),
            needed=("campaign_id", "adset_id"),
            **ANSWERS,
            **ads.CHILDREN,
        ),
    },
    errors={
        "rate_limited": RateLimited,
        "http_429": RateLimited,
        "server_error": TemporaryError,
        # Its subcode says that nobody knows what failed: a fault that passes, or a request that is too heavy.
        "internal_error": TooMuchData,
        "html": TemporaryError,
        "too_much_data": TooMuchData,
        "token_expired": ReauthRequired,
        "permission_denied": ReauthRequired,
        "missing_permissions": ReauthRequired,
        "two_errors": TooMuchData,
    },
    waits=(
        ("rate_limited", 120, 120),
        ("rate_limited", None, None),
        ("http_429", 90, 90),
        ("http_429", None, None),
    ),
    expired="log in to Meta again",
    facts=("timezone_name", "currency"),
    echo=lambda text: httpx.Response(400, json={"error": {"code": 100, "message": text}}),
    owner="903456789012",
)
