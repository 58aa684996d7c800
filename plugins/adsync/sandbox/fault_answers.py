"""What a fault answers instead, in each platform's own words.

Wordings: the sheets' sections on envelopes and errors (Meta 4 and 6, TikTok 4 and 6, Shopify 5 and 6).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from math import ceil

from starlette.responses import JSONResponse, Response

from adsync.sandbox.faults import Fault
from adsync.sandbox.meta_errors import GraphError
from adsync.sandbox.tiktok_calls import TOKEN_WRONG, envelope

TOO_MANY_REQUESTS, SERVER_ERROR, BAD_REQUEST, UNAUTHORIZED = 429, 500, 400, 401
THROTTLED_COST = 100


def _meta_limited(fault: Fault) -> Response:
    error = GraphError(80000, "(#80000) There have been too many calls from this ad-account.", subcode=2446079)
    minutes = ceil((fault.wait or 0) / 60)
    usage = {"type": "ads_insights", "call_count": 100, "total_cputime": 100, "total_time": 100}
    header = json.dumps({fault.account or "0": [{**usage, "estimated_time_to_regain_access": minutes}]})
    headers = {} if fault.wait is None else {"x-business-use-case-usage": header}
    return JSONResponse(error.body(), BAD_REQUEST, headers=headers)


def _tiktok_limited(fault: Fault) -> Response:
    """TikTok says which limit was reached, never how long to wait."""
    span = "QPM" if fault.wait else "QPS"
    return envelope({}, 40100, f"App reaches the {span} limit.")


def _shopify_limited(fault: Fault) -> Response:
    restore = THROTTLED_COST / fault.wait if fault.wait else THROTTLED_COST
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": 0, "restoreRate": restore}
    cost = {"requestedQueryCost": THROTTLED_COST, "actualQueryCost": None, "throttleStatus": status}
    errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
    return JSONResponse({"errors": errors, "extensions": {"cost": cost}})


def _meta_expired(_fault: Fault) -> Response:
    error = GraphError(190, "Error validating access token: Session has expired", subcode=463)
    return JSONResponse(error.body(), BAD_REQUEST)


def _tiktok_expired(_fault: Fault) -> Response:
    return envelope({}, TOKEN_WRONG, "Access token is incorrect or has been revoked.")


def _shopify_expired(_fault: Fault) -> Response:
    message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
    return JSONResponse({"errors": message}, UNAUTHORIZED)


def _meta_overburdened(_fault: Fault) -> Response:
    error = GraphError(1, "Please reduce the amount of data you're asking for, then retry your request")
    return JSONResponse(error.body(), SERVER_ERROR)


def _tiktok_overburdened(_fault: Fault) -> Response:
    return envelope({}, 51001, "Internal time out, please reduce the time range.")


def _shopify_overburdened(_fault: Fault) -> Response:
    message = "Query cost is 1200, which exceeds the single query max cost limit (1000)."
    extensions = {"code": "MAX_COST_EXCEEDED", "cost": 1200, "maxCost": 1000}
    return JSONResponse({"errors": [{"message": message, "extensions": extensions}]})


def _too_many(fault: Fault) -> Response:
    headers = {} if fault.wait is None else {"retry-after": str(ceil(fault.wait))}
    return JSONResponse({"errors": "Too Many Requests"}, TOO_MANY_REQUESTS, headers=headers)


def _server_error(_fault: Fault) -> Response:
    return Response("<html><body>Internal Server Error</body></html>", SERVER_ERROR, media_type="text/html")


LIMITED = {"meta": _meta_limited, "tiktok": _tiktok_limited, "shopify": _shopify_limited}
TOO_MUCH = {"meta": _meta_overburdened, "tiktok": _tiktok_overburdened, "shopify": _shopify_overburdened}
EXPIRED = {"meta": _meta_expired, "tiktok": _tiktok_expired, "shopify": _shopify_expired}


def instead(fault: Fault) -> Response | None:
    """The answer that takes the place of the right one; None for a fault that only bends it."""
    answers: dict[str, Callable[[Fault], Response]] = {
        "rate_limited": LIMITED.get(fault.source, _too_many),
        "token_expired": EXPIRED.get(fault.source, _too_many),
        "too_much_data": TOO_MUCH.get(fault.source, _server_error),
        "http_429": _too_many,
        "server_error": _server_error,
    }
    return answers[fault.kind](fault) if fault.kind in answers else None
