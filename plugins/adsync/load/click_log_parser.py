"""Rows of a click log: read one by one from CSV or JSON lines, checked, and stripped of everything personal.

What is wrong with a row is said by its line; the file goes on. Columns that nobody asked for are not looked at.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from adsync.errors import ConfigError
from adsync.sources.common.pii import campaign_link, hash_customer

COLUMNS = ("workspace_id", "clicked_at", "url")
LONGEST_ID = 200
# Clocks of web servers are not all right, but none is a day ahead.
AHEAD = timedelta(days=1)


class BadRow(ValueError):
    """What is wrong with one row, in words."""


@dataclass(frozen=True)
class Click:
    """A click as it is stored; `line` is where the file tells of it."""

    line: int
    workspace_id: str
    click_id: str
    visitor_hash: str | None
    order_key: str | None
    clicked_at: datetime
    url: str
    referrer: str | None


@dataclass(frozen=True)
class Checks:
    """What a row is held against: the workspaces' customer keys, and the time it is."""

    keys: Mapping[str, bytes]
    now: datetime


def read(file: Path) -> Iterator[tuple[int, dict[str, Any] | BadRow]]:
    """Yield (line, row) for each row; a file whose name ends in .csv is CSV with a header, any other JSON lines."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            yield from _csv_rows(file, text) if file.suffix.lower() == ".csv" else _json_rows(text)
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8 text: save it as UTF-8; nothing was loaded") from error


def _csv_rows(file: Path, text: Any) -> Iterator[tuple[int, dict[str, Any] | BadRow]]:
    rows = csv.DictReader(text, strict=True)
    if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
        raise ConfigError(f"{file}: the header has no column {missing[0]}; needed are {', '.join(COLUMNS)}")
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield rows.line_num, BadRow(f"no valid CSV: {error}")
        else:
            yield rows.line_num, BadRow("more values than the header has columns") if None in row else row


def _json_rows(text: Any) -> Iterator[tuple[int, dict[str, Any] | BadRow]]:
    for number, line in enumerate(text, 1):
        if line.strip():
            try:
                yield number, msgspec.json.decode(line, type=dict[str, Any])
            except msgspec.MsgspecError:
                yield number, BadRow("no JSON object")


def checked(line: int, row: Mapping[str, Any], checks: Checks) -> Click:
    """The click that the row tells of; BadRow says what keeps it from being one."""
    workspace = _needed(row, "workspace_id")
    if workspace not in checks.keys:
        raise BadRow(f"workspace_id {workspace!r} is no workspace here")
    visitor, order = _text(row, "visitor_key"), _id(row, "order_key")
    if visitor is None and order is None:
        raise BadRow("neither visitor_key nor order_key: nothing could ever be joined with it")
    content = {
        "workspace_id": workspace,
        "visitor_hash": hash_customer(visitor, checks.keys[workspace]) if visitor else None,
        "order_key": order,
        "clicked_at": _moment(_needed(row, "clicked_at"), checks.now),
        "url": _link(_needed(row, "url")),
        "referrer": _host(_text(row, "referrer")),
    }
    return Click(line=line, click_id=_id(row, "click_id") or _derived(content), **content)


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is not None and not isinstance(value, str):
        raise BadRow(f"{name} is neither text nor a whole number")
    if value and "\0" in value:
        raise BadRow(f"{name} holds a NUL character")
    return (value or "").strip() or None


def _needed(row: Mapping[str, Any], name: str) -> str:
    if (value := _text(row, name)) is None:
        raise BadRow(f"{name} is empty")
    return value


def _id(row: Mapping[str, Any], name: str) -> str | None:
    """An id is stored as it is, so it must not be a person's address."""
    value = _text(row, name)
    if value and "@" in value:
        raise BadRow(f"{name} looks like an e-mail address, and nothing personal is stored")
    if value and len(value) > LONGEST_ID:
        raise BadRow(f"{name} is longer than {LONGEST_ID} characters")
    return value


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRow(f"clicked_at {text!r} is no time; write it as 2026-01-31T23:59:59+03:00") from error
    if moment.tzinfo is None:
        raise BadRow(f"clicked_at {text!r} has no offset; write it as 2026-01-31T23:59:59+03:00")
    if moment > now + AHEAD:
        raise BadRow(f"clicked_at {text!r} lies in the future")
    return moment.astimezone(UTC)


def _link(url: str) -> str:
    if not (kept := campaign_link(url)):
        raise BadRow("url is no URL")
    return kept


def _host(referrer: str | None) -> str | None:
    """The host of a URL, or the host itself; what is neither tells nothing."""
    if referrer is None:
        return None
    try:
        return urlsplit(referrer if "//" in referrer else f"//{referrer}").hostname
    except ValueError:
        return None


def _derived(content: Mapping[str, object]) -> str:
    """The same row is the same click, whenever and wherever it is loaded."""
    return hashlib.sha256(msgspec.json.encode(list(content.values()))).hexdigest()[:32]
