"""Salla's error responses: kinds of 401, one of which a token refresh cures (sheet on Salla, sections 5 and 6)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from math import ceil

from starlette.responses import JSONResponse, Response

from adsync_sandbox.faults.common import FORBIDDEN, SERVER_ERROR, TOO_MANY_REQUESTS, UNAVAILABLE, Responses, retry_after
from adsync_sandbox.faults.rows import at
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.platforms.salla.api import INVALID_TOKEN, SallaError, unauthorized


def _limited(fault: Fault) -> Response:
    return SallaError(TOO_MANY_REQUESTS, "too_many_requests", "Too many requests.", retry_after(fault)).response()


def _limited_until_reset(fault: Fault) -> Response:
    """Has no Retry-After, only the time at which the bucket is empty again."""
    reset = str(ceil(time.time() + (fault.wait or 0)))
    headers = {"X-RateLimit-Limit": "120", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    return SallaError(TOO_MANY_REQUESTS, "too_many_requests", "Too many requests.", headers).response()


def _unauthorized(message: str) -> Callable[[Fault], Response]:
    return lambda _fault: unauthorized(message).response()


def _blocked(_fault: Fault) -> Response:
    return SallaError(FORBIDDEN, "forbidden", "Your access is temporarily blocked.").response()


def _internal(_fault: Fault) -> Response:
    return SallaError(SERVER_ERROR, "server_error", "حدث خطأ غير متوقع").response()


def _too_much_data(_fault: Fault) -> Response:
    return SallaError(UNAVAILABLE, "unavailable", "الخدمة غير متاحة").response()


def _error_inside(_fault: Fault) -> Response:
    """Success and an error in one response."""
    return JSONResponse({"status": 200, "success": True, "error": {"code": 404, "message": "لا توجد بيانات"}})


def rows(answer: object) -> Iterator[object]:
    data = at(answer, "data")
    yield [data] if isinstance(data, dict) else data


RESPONSES: Responses = {
    "rate_limited": _limited,
    "rate_limit_reset": _limited_until_reset,
    "token_expired": _unauthorized(INVALID_TOKEN),
    "permission_denied": _unauthorized("The access token should have access to one of those scopes: orders.read"),
    "user_deleted": _unauthorized("The user of this access token is deleted."),
    "user_inactive": _unauthorized("The user of this access token is inactive."),
    "user_unknown": _unauthorized("The User is not exists."),
    "user_not_activated": _unauthorized("حسابك غير مفعل"),
    "blocked": _blocked,
    "internal_error": _internal,
    "too_much_data": _too_much_data,
    "error_inside": _error_inside,
}
