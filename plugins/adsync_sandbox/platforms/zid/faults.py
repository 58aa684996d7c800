"""Zid's error responses: bodies of several shapes, and a redirect instead of a 401 (sheet on Zid, sections 5, 6)."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import JSONResponse, RedirectResponse, Response

from adsync_sandbox.faults.common import FORBIDDEN, TOO_MANY_REQUESTS, UNAUTHORIZED, Responses, retry_after
from adsync_sandbox.faults.rows import at
from adsync_sandbox.faults.script import Fault

FOUND, BAD_GATEWAY = 302, 502


def _limited(fault: Fault) -> Response:
    body = {"status": "error", "message": "Too Many Attempts."}
    return JSONResponse(body, TOO_MANY_REQUESTS, headers=retry_after(fault))


def _expired(_fault: Fault) -> Response:
    message = {"type": "error", "code": "ERROR_SESSION_EXPIRED", "name": "انتهت الجلسة", "description": ""}
    return JSONResponse({"status": "error", "message": message}, UNAUTHORIZED)


def _denied(_fault: Fault) -> Response:
    return JSONResponse({"detail": [{"msg": "scope orders.read is missing"}]}, FORBIDDEN)


def _too_much_data(_fault: Fault) -> Response:
    return JSONResponse({"error_code": "ERROR_UPSTREAM"}, BAD_GATEWAY)


def _to_login(_fault: Fault) -> Response:
    return RedirectResponse("/zid/login", FOUND)


def rows(answer: object) -> Iterator[object]:
    yield at(answer, "orders")


RESPONSES: Responses = {
    "rate_limited": _limited,
    "token_expired": _expired,
    "permission_denied": _denied,
    "too_much_data": _too_much_data,
    "redirect_to_login": _to_login,
}
