"""Snapchat's wrong answers: a 429 that says nothing more, errors inside a 200 (sheet on Snapchat, sections 4 to 7)."""

from __future__ import annotations

import time
from math import ceil

from starlette.responses import JSONResponse, Response

from adsync.sandbox.faults import Fault
from adsync.sandbox.snapchat_calls import SnapError, unsupported
from adsync.sandbox.wrong_answers.common import (
    FORBIDDEN,
    OK,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
    Answers,
    retry_after,
)

GATEWAY_TIMEOUT = 504


def _limited(fault: Fault) -> Response:
    body = SnapError(TOO_MANY_REQUESTS, None, "Too many requests.").body()
    return JSONResponse(body, TOO_MANY_REQUESTS, headers=retry_after(fault))


def _limited_until(fault: Fault) -> Response:
    reset = str(ceil(time.time() + (fault.wait or 0)))
    headers = {"x-rate-limit-limit": "10", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
    return JSONResponse(SnapError(TOO_MANY_REQUESTS, None, "Too many requests.").body(), TOO_MANY_REQUESTS, headers)


def _expired(_fault: Fault) -> Response:
    error = SnapError(UNAUTHORIZED, None, "The access token is expired or invalid.")
    return JSONResponse(error.body(), UNAUTHORIZED)


def _denied(_fault: Fault) -> Response:
    return JSONResponse(SnapError(FORBIDDEN, None, "You have no role on this ad account.").body(), FORBIDDEN)


def _overburdened(_fault: Fault) -> Response:
    return Response("", GATEWAY_TIMEOUT)


def _inside(_fault: Fault) -> Response:
    return JSONResponse(unsupported("the query failed on the server.").body(), OK)


ANSWERS: Answers = {
    "rate_limited": _limited,
    "rate_limit_reset": _limited_until,
    "token_expired": _expired,
    "permission_denied": _denied,
    "too_much_data": _overburdened,
    "error_inside": _inside,
}
