"""WooCommerce's error responses: a JSON code from WordPress, HTML from its host (sheet, section 6)."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from adsync_sandbox.faults.common import FORBIDDEN, NOT_FOUND, TOO_MANY_REQUESTS, UNAUTHORIZED, Responses, retry_after
from adsync_sandbox.faults.rows import Alterations, Headers, Json, rows_in
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.platforms.woocommerce.api import CANNOT_VIEW

GATEWAY_TIMEOUT, FOUND = 504, 302


def _coded(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message, "data": {"status": status}}, status)


def _limited(fault: Fault) -> Response:
    return HTMLResponse("<h1>429 Too Many Requests</h1>", TOO_MANY_REQUESTS, headers=retry_after(fault))


def _revoked(_fault: Fault) -> Response:
    """A call with a revoked key is anonymous."""
    return _coded(UNAUTHORIZED, CANNOT_VIEW, "Sorry, you cannot list resources.")


def _denied(_fault: Fault) -> Response:
    return _coded(FORBIDDEN, CANNOT_VIEW, "Sorry, you cannot list resources.")


def _too_much_data(_fault: Fault) -> Response:
    return HTMLResponse("<h1>504 Gateway Time-out</h1>", GATEWAY_TIMEOUT)


def _firewall(_fault: Fault) -> Response:
    return HTMLResponse("<html><body>Access denied by security policy</body></html>", FORBIDDEN)


def _no_route(_fault: Fault) -> Response:
    return _coded(NOT_FOUND, "rest_no_route", "No route was found matching the URL and request method.")


def _challenge(_fault: Fault) -> Response:
    return RedirectResponse("/challenge", FOUND)


def rows(answer: object) -> Iterator[object]:
    yield answer


MONEY = ("total", "total_tax", "discount_total", "shipping_total")


def _number(_fault: Fault, answer: Json) -> None:
    for row in rows_in(rows, answer):
        row |= {name: float(str(row[name])) for name in MONEY if name in row}


def _change(fault: Fault, answer: Json) -> None:
    """Changes an order without its modification date, as a plugin that writes to the database does."""
    for row in rows_in(rows, answer):
        if str(row.get("id")) == fault.field:
            row["status"] = "cancelled"


def _without_totals(_fault: Fault) -> dict[str, str | None]:
    return dict.fromkeys(("x-wp-total", "x-wp-totalpages", "link"))


RESPONSES: Responses = {
    "rate_limited": _limited,
    "token_expired": _revoked,
    "permission_denied": _denied,
    "too_much_data": _too_much_data,
    "firewall": _firewall,
    "no_route": _no_route,
    "redirect_to_login": _challenge,
}
ALTERATIONS: Alterations = {"numbers_for_texts": _number, "unstamped_change": _change}
HEADERS: Headers = {"headers_stripped": _without_totals}
