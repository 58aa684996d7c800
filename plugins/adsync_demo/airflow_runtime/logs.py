"""The last lines of a log file as plain text: Airflow writes a task's log as JSON, one object per line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LAST_LINES = 15


def last_lines(log: Path) -> list[str]:
    """Returns the last lines, or a note if the file is missing."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ["(the log file does not exist)"]
    return [shown for line in lines for shown in _shown(line)][-LAST_LINES:]


def _shown(line: str) -> Iterator[str]:
    try:
        entry = json.loads(line)
        yield from _entry(entry)
    except (json.JSONDecodeError, TypeError, KeyError):
        yield line


def _entry(entry: dict[str, Any]) -> Iterator[str]:
    """Yields message and exceptions, without the page's folding marks."""
    if not entry["event"].startswith("::"):
        yield f"{entry['level']}: {entry['event']}"
    for error in entry.get("error_detail") or ():
        yield f"{error['exc_type']}: {error['exc_value']}"
