"""What a fault answers, in each platform's own words; and what it does to an answer that was right.

Wordings: the sheets' sections on envelopes and errors (Meta 4 and 6, TikTok 4 and 6, Shopify 5 and 6).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from math import ceil

from starlette.responses import JSONResponse, Response

from adsync.sandbox.faults import Fault
from adsync.sandbox.inventing.money import amount
from adsync.sandbox.meta_errors import GraphError
from adsync.sandbox.meta_rows import OVERLAPPING, PIXEL
from adsync.sandbox.tiktok_calls import TOKEN_WRONG, envelope

TOO_MANY_REQUESTS, SERVER_ERROR, BAD_REQUEST, UNAUTHORIZED = 429, 500, 400, 401
PURCHASES = {*OVERLAPPING, PIXEL}
THROTTLED_COST = 100

Json = dict[str, object]


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
        "rate_limited": LIMITED[fault.source],
        "token_expired": EXPIRED[fault.source],
        "too_much_data": TOO_MUCH[fault.source],
        "http_429": _too_many,
        "server_error": _server_error,
    }
    return answers[fault.kind](fault) if fault.kind in answers else None


def bent(fault: Fault, body: bytes) -> bytes:
    """The right answer, damaged."""
    if fault.kind == "truncated":
        return body[: len(body) // 2]
    bend = {"added_field": _add, "missing_field": _drop, "restated_day": _restate}.get(fault.kind)
    if bend is None:
        return body
    try:
        answer = json.loads(body)
    except ValueError:
        return _restated_csv(fault, body) if fault.kind == "restated_day" else body
    for row in _rows(answer):
        bend(fault, row)
    return json.dumps(answer, ensure_ascii=False).encode()


def _rows(answer: Json) -> list[Json]:
    """The records of a page, wherever the platform keeps them."""
    data = answer.get("data")
    if isinstance(data, list):
        return data
    if not isinstance(data, dict):
        return []
    if isinstance(data.get("list"), list):
        return data["list"]
    orders = data.get("orders")
    return orders.get("nodes", []) if isinstance(orders, dict) else []


def _add(fault: Fault, row: Json) -> None:
    row[fault.field] = "something new"


def _drop(fault: Fault, row: Json) -> None:
    for part in (row, row.get("metrics"), row.get("dimensions")):
        if isinstance(part, dict):
            part.pop(fault.field, None)


def _restate(fault: Fault, row: Json) -> None:
    dimensions, metrics = row.get("dimensions"), row.get("metrics")
    if row.get("date_start") == fault.day:
        for entry in (*row.get("actions", ()), *row.get("action_values", ())):
            if entry["action_type"] in PURCHASES:
                entry["value"] = _scaled(fault, entry["value"])
    elif isinstance(dimensions, dict) and str(dimensions.get("stat_time_day", "")).startswith(fault.day):
        for name in ("complete_payment", "total_complete_payment_rate"):
            if isinstance(metrics, dict) and name in metrics:
                metrics[name] = _scaled(fault, metrics[name])


def _restated_csv(fault: Fault, body: bytes) -> bytes:
    table = list(csv.DictReader(io.StringIO(body.decode())))
    if not table:
        return body
    for line in table:
        _restate(fault, {"dimensions": {"stat_time_day": line.get("stat_time_day", "")}, "metrics": line})
    text = io.StringIO()
    writer = csv.DictWriter(text, list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue().encode()


def _scaled(fault: Fault, value: str) -> str:
    """A count or an amount, changed by percent in whole numbers; "-" stays."""
    whole, point, decimals = value.partition(".")
    if not whole.isdigit():
        return value
    if not point:
        return str(int(whole) * fault.percent // 100)
    return amount(int(whole + decimals.ljust(2, "0")) * fault.percent // 100)
