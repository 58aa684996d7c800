"""What a fault does to an answer that was right: cut short, dirtied, fields come and gone, rows and states changed.

What only one platform's answers can suffer stands with its `wrong_answers`.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from adsync_sandbox.faults.responses import OF
from adsync_sandbox.faults.restated_days import restate, restated_csv, withdraw
from adsync_sandbox.faults.rows import Bends, Json, lists_in, rows_in
from adsync_sandbox.faults.script import Fault

PARTS = ("metrics", "dimensions", "stats", "campaign", "adsquad", "ad")
NOTICE = b"<br />\n<b>Notice</b>: Undefined index in /wp-content/plugins/x.php on line 7<br />\n"
LINES_KEPT = 2 / 3


def bent(fault: Fault, body: bytes) -> bytes:
    """The right answer, damaged."""
    if fault.kind in WHOLE:
        return WHOLE[fault.kind](body)
    bend = bends(fault.source).get(fault.kind)
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
    found = [
        part for row in rows_in(OF[fault.source].rows, answer) for part in (row, *(row.get(name) for name in PARTS))
    ]
    return [part for part in found if isinstance(part, dict)]


def _restate(fault: Fault, answer: Json) -> None:
    for row in rows_in(OF[fault.source].rows, answer):
        restate(fault, row)


def _withdraw(fault: Fault, answer: Json) -> None:
    for rows in lists_in(OF[fault.source].rows, answer):
        withdraw(fault, rows)


def _repeat(fault: Fault, answer: Json) -> None:
    """The last row of a page is its first once more: the list moved while it was read."""
    for rows in lists_in(OF[fault.source].rows, answer):
        if len(rows) > 1:
            rows[-1] = rows[0]


BENDS: Bends = {
    "added_field": _add,
    "missing_field": _drop,
    "restated_day": _restate,
    "withdrawn_day": _withdraw,
    "repeated_row": _repeat,
}


def bends(source: str) -> Bends:
    """What bends an answer of this source, by kind of fault."""
    return BENDS | getattr(OF[source], "BENDS", {})
