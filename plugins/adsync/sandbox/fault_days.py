"""A day restated or withdrawn: what a platform says of it changes after it was first told."""

from __future__ import annotations

import csv
import io

from adsync.sandbox.fault_rows import Json, Rows
from adsync.sandbox.faults import Fault
from adsync.sandbox.inventing.money import amount
from adsync.sandbox.meta_rows import OVERLAPPING, PIXEL

PURCHASES = {*OVERLAPPING, PIXEL}
CLAIMS = ("complete_payment", "total_complete_payment_rate", "conversion_purchases", "conversion_purchases_value")
DAY_COLUMNS = ("stat_time_day", "Start Time")


def day_of(row: Json) -> str:
    """The day a row is about, wherever the platform writes it."""
    dimensions = row.get("dimensions")
    inner = dimensions.get("stat_time_day") if isinstance(dimensions, dict) else None
    return str(row.get("date_start") or row.get("start_time") or inner or "")[:10]


def withdraw(fault: Fault, rows: Rows) -> None:
    """A day without anything any more: no row, not a row of zeros."""
    rows[:] = [row for row in rows if not isinstance(row, dict) or day_of(row) != fault.day]


def restate(fault: Fault, row: Json) -> None:
    if day_of(row) != fault.day:
        return
    for entry in (*row.get("actions", ()), *row.get("action_values", ())):
        if entry["action_type"] in PURCHASES:
            entry["value"] = _scaled(fault, entry["value"])
    for part in (row.get("metrics"), row.get("stats")):
        if isinstance(part, dict):
            _scale(fault, part)


def restated_csv(fault: Fault, body: bytes) -> bytes:
    """The same for a downloaded report; its columns may have titles."""
    table = list(csv.DictReader(io.StringIO(body.decode())))
    if not table:
        return body
    for line in table:
        if any((line.get(column) or "").startswith(fault.day) for column in DAY_COLUMNS):
            _scale(fault, line)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue().encode()


def _scale(fault: Fault, part: Json) -> None:
    for name in part:
        if name.casefold().replace(" ", "_") in CLAIMS:
            value = part[name]
            part[name] = value * fault.percent // 100 if isinstance(value, int) else _scaled(fault, str(value))


def _scaled(fault: Fault, value: str) -> str:
    """A count or an amount, changed by percent in whole numbers; "-" stays."""
    whole, point, decimals = value.partition(".")
    if not whole.isdigit():
        return value
    if not point:
        return str(int(whole) * fault.percent // 100)
    return amount(int(whole + decimals.ljust(2, "0")) * fault.percent // 100)
