"""A day restated or withdrawn: what a platform says of it changes after it was first told.

Where a row of its tells the day, and where its claims, each ad platform's `wrong_answers` say.
"""

from __future__ import annotations

import csv
import io

from adsync_sandbox.faults.responses import OF
from adsync_sandbox.faults.rows import Json, Rows
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.generator.money import amount


def withdraw(fault: Fault, rows: Rows) -> None:
    """A day without anything any more: no row, not a row of zeros."""
    rows[:] = [row for row in rows if not isinstance(row, dict) or not _is_of_the_day(fault, row)]


def restate(fault: Fault, row: Json) -> None:
    if not _is_of_the_day(fault, row):
        return
    for part, name in OF[fault.source].claims(row):
        value = part[name]
        part[name] = value * fault.percent // 100 if isinstance(value, int) else _scaled(fault, str(value))


def restated_csv(fault: Fault, body: bytes) -> bytes:
    """The same for a downloaded report."""
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
    return str(OF[fault.source].day(row) or "")[:10] == fault.day


def _scaled(fault: Fault, value: str) -> str:
    """A count or an amount, changed by percent in whole numbers; "-" stays."""
    whole, point, decimals = value.partition(".")
    if not whole.isdigit():
        return value
    if not point:
        return str(int(whole) * fault.percent // 100)
    return amount(int(whole + decimals.ljust(2, "0")) * fault.percent // 100)
