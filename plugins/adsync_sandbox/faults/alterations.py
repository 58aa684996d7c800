"""Alters correct responses: truncates them, adds noise, adds or drops fields, changes rows and states.

Alterations of one platform's responses only are in `platforms/<name>/faults.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from adsync_sandbox.faults.responses import FAULTS
from adsync_sandbox.faults.restated_days import restate, restated_csv, withdraw
from adsync_sandbox.faults.rows import Alterations, Json, lists_in, rows_in
from adsync_sandbox.faults.script import Fault

PARTS = ("metrics", "dimensions", "stats", "campaign", "adsquad", "ad")
NOTICE = b"<br />\n<b>Notice</b>: Undefined index in /wp-content/plugins/x.php on line 7<br />\n"
LINES_KEPT = 2 / 3


def altered(fault: Fault, body: bytes) -> bytes:
    """Returns the altered body."""
    if fault.kind in WHOLE:
        return WHOLE[fault.kind](body)
    alter = alterations(fault.source).get(fault.kind)
    if alter is None:
        return body
    try:
        answer = json.loads(body)
    except ValueError:
        return restated_csv(fault, body) if fault.kind == "restated_day" else body
    alter(fault, answer)
    return json.dumps(answer, ensure_ascii=False).encode()


def _half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _fewer_lines(body: bytes) -> bytes:
    """Drops a third of the lines of a download; other responses have one line."""
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


def _spoil(fault: Fault, answer: Json) -> None:
    """Makes a field null in one row: a bad record among good ones."""
    for rows in lists_in(FAULTS[fault.source].rows, answer):
        row = next((each for each in rows if isinstance(each, dict) and fault.record in json.dumps(each)), {})
        for part in (row, *(row.get(name) for name in PARTS)):
            if isinstance(part, dict) and fault.field in part:
                part[fault.field] = None


def _parts(fault: Fault, answer: Json) -> list[Json]:
    """Returns every row and its nested objects."""
    found = [
        part for row in rows_in(FAULTS[fault.source].rows, answer) for part in (row, *(row.get(name) for name in PARTS))
    ]
    return [part for part in found if isinstance(part, dict)]


def _restate(fault: Fault, answer: Json) -> None:
    for row in rows_in(FAULTS[fault.source].rows, answer):
        restate(fault, row)


def _withdraw(fault: Fault, answer: Json) -> None:
    for rows in lists_in(FAULTS[fault.source].rows, answer):
        withdraw(fault, rows)


def _repeat(fault: Fault, answer: Json) -> None:
    """Replaces a page's last row by its first, as if the list moved while it was read."""
    for rows in lists_in(FAULTS[fault.source].rows, answer):
        if len(rows) > 1:
            rows[-1] = rows[0]


ALTERATIONS: Alterations = {
    "added_field": _add,
    "missing_field": _drop,
    "null_field": _spoil,
    "restated_day": _restate,
    "withdrawn_day": _withdraw,
    "repeated_row": _repeat,
}


def alterations(source: str) -> Alterations:
    """Returns the alterations of this source's responses, by kind of fault."""
    return ALTERATIONS | getattr(FAULTS[source], "ALTERATIONS", {})
