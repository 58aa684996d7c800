"""Error responses of any server: rate limited, failed, unavailable, or an HTML page."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from starlette.responses import HTMLResponse, JSONResponse, Response

from adsync_sandbox.faults.script import Fault

OK, BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 200, 400, 401, 403, 404
TOO_MANY_REQUESTS, SERVER_ERROR, UNAVAILABLE = 429, 500, 503

Responses = dict[str, Callable[[Fault], Response]]


def retry_after(fault: Fault) -> dict[str, str]:
    return {} if fault.wait is None else {"retry-after": str(ceil(fault.wait))}


def too_many(fault: Fault) -> Response:
    return JSONResponse({"errors": "Too Many Requests"}, TOO_MANY_REQUESTS, headers=retry_after(fault))


def server_error(_fault: Fault) -> Response:
    return HTMLResponse("<html><body>Internal Server Error</body></html>", SERVER_ERROR)


def _unavailable(fault: Fault) -> Response:
    page = "<html><body>Briefly unavailable for scheduled maintenance.</body></html>"
    return HTMLResponse(page, UNAVAILABLE, headers=retry_after(fault))


def _html(_fault: Fault) -> Response:
    return HTMLResponse("<!doctype html><html><body>Maintenance</body></html>")


RESPONSES: Responses = {
    "http_429": too_many,
    "server_error": server_error,
    "unavailable": _unavailable,
    "html": _html,
}
