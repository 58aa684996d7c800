"""Shopify's error responses: errors without data, mostly with HTTP 200 (sheet on Shopify, sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import JSONResponse, Response

from adsync_sandbox.faults.common import FORBIDDEN, UNAUTHORIZED, Responses
from adsync_sandbox.faults.rows import Alterations, Json, at
from adsync_sandbox.faults.script import Fault

THROTTLED_COST = 100
PAYMENT_REQUIRED = 402


def _error(code: str, message: str, **extensions: object) -> dict[str, object]:
    return {"errors": [{"message": message, "extensions": {"code": code, **extensions}}]}


def _limited(fault: Fault) -> Response:
    restore = THROTTLED_COST / fault.wait if fault.wait else THROTTLED_COST
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": 0, "restoreRate": restore}
    cost = {"requestedQueryCost": THROTTLED_COST, "actualQueryCost": None, "throttleStatus": status}
    return JSONResponse({**_error("THROTTLED", "Throttled"), "extensions": {"cost": cost}})


def _expired(_fault: Fault) -> Response:
    message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
    return JSONResponse({"errors": message}, UNAUTHORIZED)


def _old_token(_fault: Fault) -> Response:
    message = (
        "[API] Non-expiring access tokens are no longer accepted for the Admin API. Start using expiring offline tokens"
    )
    return JSONResponse({"errors": message}, FORBIDDEN)


def _denied(_fault: Fault) -> Response:
    return JSONResponse(_error("ACCESS_DENIED", "Access denied for orders field. Required access: read_orders"))


def _too_much_data(_fault: Fault) -> Response:
    message = "Query cost is 1200, which exceeds the single query max cost limit (1000)."
    return JSONResponse(_error("MAX_COST_EXCEEDED", message, cost=1200, maxCost=1000))


def _internal(_fault: Fault) -> Response:
    return JSONResponse(_error("INTERNAL_SERVER_ERROR", "Internal error. Looks like something went wrong on our end."))


def _frozen(_fault: Fault) -> Response:
    return JSONResponse({"errors": "Unavailable Shop"}, PAYMENT_REQUIRED)


def rows(answer: object) -> Iterator[object]:
    yield at(answer, "data", "orders", "nodes")


def _partial_success(_fault: Fault, answer: Json) -> None:
    answer["errors"] = [{"message": "Something failed", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]


def _bulk_fails(_fault: Fault, answer: Json) -> None:
    operation = (answer.get("data") or {}).get("bulkOperation")
    if operation and operation.get("status") == "COMPLETED":
        operation |= {"status": "FAILED", "errorCode": "INTERNAL_SERVER_ERROR"}
        operation |= {"partialDataUrl": operation.get("url"), "url": None}


RESPONSES: Responses = {
    "rate_limited": _limited,
    "token_expired": _expired,
    "permission_denied": _denied,
    "old_token": _old_token,
    "too_much_data": _too_much_data,
    "internal_error": _internal,
    "shop_frozen": _frozen,
}
ALTERATIONS: Alterations = {"partial_success": _partial_success, "bulk_failed": _bulk_fails}
