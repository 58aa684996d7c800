"""Parses a click log: CSV or JSON lines, row by row; only campaign parameters and hashed visitors are kept.

An invalid row is rejected with a reason and the file continues. Unknown columns are ignored.
"""

from __future__ import annotations

import csv
import hashlib
import re
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
EXAMPLE = "expected a time with offset such as 2026-01-31T23:59:59+03:00"
MAX_ID_LENGTH = 200
# Order ids and numbers that a spreadsheet or data frame turned into numbers: 1001.0, 1.001E+3.
REFORMATTED_ORDER = re.compile(r"#?[0-9]+(?:[.,]0+|(?:[.,][0-9]+)?E[+-]?[0-9]+)", re.IGNORECASE)
# Visitor ids may contain an "e" between digits.
REFORMATTED_VISITOR = re.compile(r"[0-9]+(?:[.,]0+|[.,][0-9]+E[+-]?[0-9]+|E\+[0-9]+)", re.IGNORECASE)
# Clocks of web servers may be wrong, but not by a day.
MAX_CLOCK_SKEW = timedelta(days=1)


class InvalidRow(ValueError):
    """A row that is rejected; the message is the reason."""


@dataclass(frozen=True)
class Click:
    """A click as it is stored; `line` is its place in the file."""

    line: int
    workspace_id: str
    click_id: str
    visitor_hash: str | None
    order_key: str | None
    clicked_at: datetime
    url: str
    referrer: str | None


@dataclass(frozen=True)
class ParserContext:
    """What a row is validated against: the workspaces' customer keys and the current time."""

    customer_keys: Mapping[str, bytes]
    now: datetime


def read_rows(file: Path) -> Iterator[tuple[int, dict[str, Any] | InvalidRow]]:
    """Yields (line, row); a file whose name ends in .csv is CSV with a header, any other is JSON lines."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            yield from _csv_rows(file, text) if file.suffix.lower() == ".csv" else _json_rows(text)
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: invalid UTF-8 (save it as UTF-8); nothing was loaded") from error


def _csv_rows(file: Path, text: Any) -> Iterator[tuple[int, dict[str, Any] | InvalidRow]]:
    rows = csv.DictReader(text, strict=True)
    if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
        raise ConfigError(f"{file}: missing column {missing[0]} in the header (required: {', '.join(COLUMNS)})")
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield rows.line_num, InvalidRow(f"invalid CSV: {error}")
        else:
            yield rows.line_num, InvalidRow("more values than columns in the header") if None in row else row


def _json_rows(text: Any) -> Iterator[tuple[int, dict[str, Any] | InvalidRow]]:
    for number, line in enumerate(text, 1):
        if line.strip():
            try:
                yield number, msgspec.json.decode(line, type=dict[str, Any])
            except msgspec.MsgspecError:
                yield number, InvalidRow("invalid JSON object")


def parse_click(line: int, row: Mapping[str, Any], context: ParserContext) -> Click:
    """Returns the click of a row; raises InvalidRow."""
    workspace = _required(row, "workspace_id")
    if workspace not in context.customer_keys:
        raise InvalidRow(f"unknown workspace_id {workspace!r}")
    visitor = _unless(REFORMATTED_VISITOR, "visitor_key", _text(row, "visitor_key"))
    order = _unless(REFORMATTED_ORDER, "order_key", _id(row, "order_key"))
    if visitor is None and order is None:
        raise InvalidRow("visitor_key and order_key are both empty (one is required)")
    content = {
        "workspace_id": workspace,
        "visitor_hash": hash_customer(visitor, context.customer_keys[workspace]) if visitor else None,
        "order_key": order,
        "clicked_at": _moment(_required(row, "clicked_at"), context.now),
        "url": _link(_required(row, "url")),
        "referrer": _host(_text(row, "referrer")),
    }
    return Click(line=line, click_id=_id(row, "click_id") or _derived_id(content), **content)


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is not None and not isinstance(value, str):
        raise InvalidRow(f"invalid {name}: {value!r} (expected text or a whole number)")
    if value and "\0" in value:
        raise InvalidRow(f"invalid {name}: contains a NUL character")
    return (value or "").strip() or None


def _required(row: Mapping[str, Any], name: str) -> str:
    if (value := _text(row, name)) is None:
        raise InvalidRow(f"{name} is empty")
    return value


def _id(row: Mapping[str, Any], name: str) -> str | None:
    """Ids are stored unhashed, so e-mail addresses are rejected."""
    value = _text(row, name)
    if value and "@" in value:
        raise InvalidRow(f"invalid {name}: looks like an e-mail address (personal data is never stored)")
    if value and len(value) > MAX_ID_LENGTH:
        raise InvalidRow(f"invalid {name}: longer than {MAX_ID_LENGTH} characters")
    return value


def _unless(reformatted: re.Pattern[str], name: str, value: str | None) -> str | None:
    """Returns the value unless it was formatted as a number: it would match nothing."""
    if value and reformatted.fullmatch(value):
        raise InvalidRow(f"invalid {name}: {value!r} was formatted as a number (export the column as text)")
    return value


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidRow(f"invalid clicked_at: {text!r} ({EXAMPLE})") from error
    if moment.tzinfo is None:
        raise InvalidRow(f"clicked_at without offset: {text!r} ({EXAMPLE})")
    if moment > now + MAX_CLOCK_SKEW:
        raise InvalidRow(f"clicked_at is in the future: {text!r}")
    return moment.astimezone(UTC)


def _link(url: str) -> str:
    if not (kept := campaign_link(url)):
        raise InvalidRow("invalid url")
    return kept


def _host(referrer: str | None) -> str | None:
    """Returns the host of a URL or the host itself; None if it is neither."""
    if referrer is None:
        return None
    try:
        return urlsplit(referrer if "//" in referrer else f"//{referrer}").hostname
    except ValueError:
        return None


def _derived_id(content: Mapping[str, object]) -> str:
    """Returns an id from the content, so that loading a row again gives the same click."""
    return hashlib.sha256(msgspec.json.encode(list(content.values()))).hexdigest()[:32]
