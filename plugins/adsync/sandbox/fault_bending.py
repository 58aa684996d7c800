"""What a fault does to an answer that was right: cut short, fields come and gone, a day restated."""

from __future__ import annotations

import csv
import io
import json

from adsync.sandbox.faults import Fault
from adsync.sandbox.inventing.money import amount
from adsync.sandbox.meta_rows import OVERLAPPING, PIXEL

PURCHASES = {*OVERLAPPING, PIXEL}

Json = dict[str, object]


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
