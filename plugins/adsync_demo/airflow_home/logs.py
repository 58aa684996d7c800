"""The end of a log file, for a person: Airflow writes a task's log as JSON, one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LAST_LINES = 15


def last_lines(log: Path) -> list[str]:
    """The last lines worth reading."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ["(it was never written)"]
    return [shown for line in lines for shown in _shown(line)][-LAST_LINES:]


def _shown(line: str) -> Iterator[str]:
    try:
        entry = json.loads(line)
        yield from _entry(entry)
    except (json.JSONDecodeError, TypeError, KeyError):
        yield line


def _entry(entry: dict[str, Any]) -> Iterator[str]:
    """The message, and what was raised; folding marks of the page are left out."""
    if not entry["event"].startswith("::"):
        yield f"{entry['level']}: {entry['event']}"
    for error in entry.get("error_detail") or ():
        yield f"{error['exc_type']}: {error['exc_value']}"
