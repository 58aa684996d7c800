"""Restates or withdraws a day: the platform's numbers change after they were first reported.

An ad platform's `faults.py` tells where a row has its day and its claims.
"""

from __future__ import annotations

import csv
import io

from adsync_sandbox.faults.responses import FAULTS
from adsync_sandbox.faults.rows import Json, Rows
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.generator.money import amount


def withdraw(fault: Fault, rows: Rows) -> None:
    """Removes all rows of the day; a row of zeros would be another case."""
    rows[:] = [row for row in rows if not isinstance(row, dict) or not _is_of_the_day(fault, row)]


def restate(fault: Fault, row: Json) -> None:
    if not _is_of_the_day(fault, row):
        return
    for part, name in FAULTS[fault.source].claims(row):
        value = part[name]
        part[name] = value * fault.percent // 100 if isinstance(value, int) else _scaled(fault, str(value))


def restated_csv(fault: Fault, body: bytes) -> bytes:
    """Restates a day in a downloaded report."""
    table = list(csv.DictReader(io.StringIO(body.decode())))
    if not table:
        return body
    for line in table:
        restate(fault, line)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue().encode()


def _is_of_the_day(fault: Fault, row: Json) -> bool:
    return str(FAULTS[fault.source].day(row) or "")[:10] == fault.day


def _scaled(fault: Fault, value: str) -> str:
    """Returns a count or an amount scaled by percent in integers; "-" stays."""
    whole, point, decimals = value.partition(".")
    if not whole.isdigit():
        return value
    if not point:
        return str(int(whole) * fault.percent // 100)
    return amount(int(whole + decimals.ljust(2, "0")) * fault.percent // 100)
