"""What a fault does to an answer that was right: cut short, dirtied, fields come and gone, rows and states changed."""

from __future__ import annotations

import json
from collections.abc import Callable

from adsync.sandbox.fault_days import restate, restated_csv, withdraw
from adsync.sandbox.fault_rows import Json, lists_of, rows_of
from adsync.sandbox.faults import Fault

PARTS = ("metrics", "dimensions", "stats", "campaign", "adsquad", "ad")
MONEY = ("total", "total_tax", "discount_total", "shipping_total")
JOB_STATES = {
    "job_failed": {"async_status": "Job Failed"},
    "job_skipped": {"async_status": "Job Skipped"},
    "job_too_large": {
        "async_status": "Job Failed",
        "error_code": -3,
        "error_subcode": 1504045,
        "error_message": "The report is too large",
    },
    "job_stuck": {"async_status": "Job Running", "async_percent_completion": 0, "is_running": True},
}
NOTICE = b"<br />\n<b>Notice</b>: Undefined index in /wp-content/plugins/x.php on line 7<br />\n"
LINES_KEPT = 2 / 3


def bent(fault: Fault, body: bytes) -> bytes:
    """The right answer, damaged."""
    if fault.kind in WHOLE:
        return WHOLE[fault.kind](body)
    bend = BENDS.get(fault.kind)
    if bend is None:
        return body
    try:
        answer = json.loads(body)
    except ValueError:
        return restated_csv(fault, body) if fault.kind == "restated_day" else body
    bend(fault, answer)
    return json.dumps(answer, ensure_ascii=False).encode()


def _half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _fewer_lines(body: bytes) -> bytes:
    """Only downloaded lines are many JSON texts one below the other."""
    lines = body.splitlines(keepends=True)
    return b"".join(lines[: int(len(lines) * LINES_KEPT)]) if len(lines) > 1 else body


WHOLE: dict[str, Callable[[bytes], bytes]] = {
    "truncated": _half,
    "dirty_json": lambda body: NOTICE + body,
    "bulk_short": _fewer_lines,
}


def _add(fault: Fault, answer: Json) -> None:
    for part in _parts(fault, answer):
        part[fault.field] = "something new"


def _drop(fault: Fault, answer: Json) -> None:
    for part in _parts(fault, answer):
        part.pop(fault.field, None)


def _parts(fault: Fault, answer: Json) -> list[Json]:
    """Every row, and the objects in it that hold what it is about."""
    found = [part for row in rows_of(fault.source, answer) for part in (row, *(row.get(name) for name in PARTS))]
    return [part for part in found if isinstance(part, dict)]


def _restate(fault: Fault, answer: Json) -> None:
    for row in rows_of(fault.source, answer):
        restate(fault, row)


def _withdraw(fault: Fault, answer: Json) -> None:
    for rows in lists_of(fault.source, answer):
        withdraw(fault, rows)


def _repeat(fault: Fault, answer: Json) -> None:
    """The last row of a page is its first once more: the list moved while it was read."""
    for rows in lists_of(fault.source, answer):
        if len(rows) > 1:
            rows[-1] = rows[0]


def _partly(fault: Fault, answer: Json) -> None:
    """A success that holds an error."""
    if fault.source == "tiktok":
        answer["code"], answer["message"] = 20001, "Partially successful"
    elif fault.source == "shopify":
        answer["errors"] = [{"message": "Something failed", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]
    for items in answer.values() if fault.source == "snapchat" else ():
        if isinstance(items, list) and items:
            items[-1] = {"sub_request_status": "ERROR", "sub_request_error_reason": "An internal error occurred"}


def _hollow(_fault: Fault, answer: Json) -> None:
    """Every campaign is there, and nothing is said of it."""
    for item in answer.get("timeseries_stats", ()):
        for part in item["timeseries_stat"].get("breakdown_stats", {}).get("campaign", ()):
            for day in part.get("timeseries", ()):
                day["stats"] = {}


def _job(fault: Fault, answer: Json) -> None:
    """A report run that came to nothing, in the words of whoever ran it."""
    if fault.source == "meta" and "async_status" in answer:
        answer |= JOB_STATES[fault.kind]
    word = "FAILED" if fault.kind == "job_failed" else "RUNNING"
    for item in answer.get("async_stats_reports", ()):
        item["async_stats_report"] = {**item["async_stats_report"], "async_status": word}
        item["async_stats_report"].pop("result", None)
    data = answer.get("data")
    if fault.source == "tiktok" and isinstance(data, dict) and "status" in data:
        data["status"] = "FAILED" if fault.kind == "job_failed" else "PROCESSING"


def _bulk_fails(_fault: Fault, answer: Json) -> None:
    operation = (answer.get("data") or {}).get("bulkOperation")
    if operation and operation.get("status") == "COMPLETED":
        operation |= {"status": "FAILED", "errorCode": "INTERNAL_SERVER_ERROR"}
        operation |= {"partialDataUrl": operation.get("url"), "url": None}


def _number(fault: Fault, answer: Json) -> None:
    for row in rows_of(fault.source, answer):
        row |= {name: float(str(row[name])) for name in MONEY if name in row}


def _change(fault: Fault, answer: Json) -> None:
    """Somebody wrote past WordPress: the order is another one and no date tells."""
    for row in rows_of(fault.source, answer):
        if str(row.get("id")) == fault.field:
            row["status"] = "cancelled"


BENDS: dict[str, Callable[[Fault, Json], None]] = {
    "added_field": _add,
    "missing_field": _drop,
    "restated_day": _restate,
    "withdrawn_day": _withdraw,
    "repeated_row": _repeat,
    "partial_success": _partly,
    "empty_breakdown": _hollow,
    "job_failed": _job,
    "job_skipped": _job,
    "job_too_large": _job,
    "job_stuck": _job,
    "bulk_failed": _bulk_fails,
    "numbers_for_texts": _number,
    "unstamped_change": _change,
}
