"""WooCommerce's wrong answers: a JSON code where WordPress speaks, HTML where its host does (sheet, section 6)."""

from __future__ import annotations

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from adsync.sandbox.faults import Fault
from adsync.sandbox.woocommerce_calls import CANNOT_VIEW
from adsync.sandbox.wrong_answers.common import (
    FORBIDDEN,
    NOT_FOUND,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
    Answers,
    retry_after,
)

GATEWAY_TIMEOUT, FOUND = 504, 302


def _coded(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message, "data": {"status": status}}, status)


def _limited(fault: Fault) -> Response:
    return HTMLResponse("<h1>429 Too Many Requests</h1>", TOO_MANY_REQUESTS, headers=retry_after(fault))


def _revoked(_fault: Fault) -> Response:
    """A revoked key is no key: the call runs anonymous."""
    return _coded(UNAUTHORIZED, CANNOT_VIEW, "Sorry, you cannot list resources.")


def _denied(_fault: Fault) -> Response:
    return _coded(FORBIDDEN, CANNOT_VIEW, "Sorry, you cannot list resources.")


def _overburdened(_fault: Fault) -> Response:
    return HTMLResponse("<h1>504 Gateway Time-out</h1>", GATEWAY_TIMEOUT)


def _firewall(_fault: Fault) -> Response:
    return HTMLResponse("<html><body>Access denied by security policy</body></html>", FORBIDDEN)


def _no_route(_fault: Fault) -> Response:
    return _coded(NOT_FOUND, "rest_no_route", "No route was found matching the URL and request method.")


def _challenge(_fault: Fault) -> Response:
    return RedirectResponse("/challenge", FOUND)


ANSWERS: Answers = {
    "rate_limited": _limited,
    "token_expired": _revoked,
    "permission_denied": _denied,
    "too_much_data": _overburdened,
    "firewall": _firewall,
    "no_route": _no_route,
    "redirect_to_login": _challenge,
}
