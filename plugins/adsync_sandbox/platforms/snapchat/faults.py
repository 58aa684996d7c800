"""Snapchat's error responses: a 429 without details, errors inside a 200 (sheet on Snapchat, sections 4 to 7)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import ceil

from starlette.responses import JSONResponse, Response

from adsync_sandbox.faults.common import (
    FORBIDDEN,
    OK,
    SERVER_ERROR,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
    Responses,
    retry_after,
)
from adsync_sandbox.faults.rows import Alterations, Json, Place, at, places
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.platforms.snapchat.api import SnapError, unsupported

GATEWAY_TIMEOUT = 504
CLAIMS = ("conversion_purchases", "conversion_purchases_value")


def _limited(fault: Fault) -> Response:
    body = SnapError(TOO_MANY_REQUESTS, None, "Too many requests.").body()
    return JSONResponse(body, TOO_MANY_REQUESTS, headers=retry_after(fault))


def _limited_until_reset(fault: Fault) -> Response:
    reset = str(ceil(time.time() + (fault.wait or 0)))
    headers = {"x-rate-limit-limit": "10", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
    return JSONResponse(SnapError(TOO_MANY_REQUESTS, None, "Too many requests.").body(), TOO_MANY_REQUESTS, headers)


def _expired(_fault: Fault) -> Response:
    error = SnapError(UNAUTHORIZED, None, "The access token is expired or invalid.")
    return JSONResponse(error.body(), UNAUTHORIZED)


def _denied(_fault: Fault) -> Response:
    return JSONResponse(SnapError(FORBIDDEN, None, "You have no role on this ad account.").body(), FORBIDDEN)


def _too_much_data(_fault: Fault) -> Response:
    return Response("", GATEWAY_TIMEOUT)


def _error_inside(_fault: Fault) -> Response:
    return JSONResponse(unsupported("the query failed on the server.").body(), OK)


def _invalid_scope(_fault: Fault) -> Response:
    return JSONResponse(SnapError(UNAUTHORIZED, None, "Invalid scope").body(), UNAUTHORIZED)


def _server_message(_fault: Fault) -> Response:
    return JSONResponse(SnapError(SERVER_ERROR, None, "An unexpected error occurred in shard 7").body(), SERVER_ERROR)


def rows(answer: object) -> Iterator[object]:
    for listed in ("campaigns", "adsquads", "ads"):
        yield at(answer, listed)
    for item in at(answer, "timeseries_stats") or ():
        stat = at(item, "timeseries_stat")
        yield at(stat, "timeseries")
        for part in at(stat, "breakdown_stats", "campaign") or ():
            yield at(part, "timeseries")


def day(row: Json) -> object:
    return row.get("start_time") or row.get("Start Time")


def claims(row: Json) -> Iterator[Place]:
    return places(row.get("stats", row), CLAIMS)


def _partial_success(_fault: Fault, answer: Json) -> None:
    for items in answer.values():
        if isinstance(items, list) and items:
            items[-1] = {"sub_request_status": "ERROR", "sub_request_error_reason": "An internal error occurred"}


def _empty_breakdown(_fault: Fault, answer: Json) -> None:
    """Every campaign is present, without stats."""
    for item in answer.get("timeseries_stats", ()):
        for part in item["timeseries_stat"].get("breakdown_stats", {}).get("campaign", ()):
            for day in part.get("timeseries", ()):
                day["stats"] = {}


def _undocumented_shape(_fault: Fault, answer: Json) -> None:
    """Items have no status, absent lists are null, and micros have a decimal point."""
    answer.setdefault("paging", None)
    for items in [each for each in answer.values() if isinstance(each, list)]:
        for item in items:
            item.pop("sub_request_status", None)
    for item in answer.get("timeseries_stats", ()):
        stat = item["timeseries_stat"]
        stat.setdefault("timeseries", None)
        stat.setdefault("breakdown_stats", None)
        for part in at(stat, "breakdown_stats", "campaign") or ():
            for each in part.get("timeseries", ()):
                each["stats"] = {name: float(value) for name, value in each["stats"].items()}


def _job(fault: Fault, answer: Json) -> None:
    word = "FAILED" if fault.kind == "job_failed" else "RUNNING"
    for item in answer.get("async_stats_reports", ()):
        item["async_stats_report"] = {**item["async_stats_report"], "async_status": word}
        item["async_stats_report"].pop("result", None)


RESPONSES: Responses = {
    "rate_limited": _limited,
    "rate_limit_reset": _limited_until_reset,
    "token_expired": _expired,
    "permission_denied": _denied,
    "too_much_data": _too_much_data,
    "error_inside": _error_inside,
    "invalid_scope": _invalid_scope,
    "server_message": _server_message,
}
ALTERATIONS: Alterations = {
    "partial_success": _partial_success,
    "empty_breakdown": _empty_breakdown,
    "job_failed": _job,
    "job_stuck": _job,
    "undocumented_shape": _undocumented_shape,
}
