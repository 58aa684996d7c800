"""Loads a click log into `raw.clicks`: one COPY in one transaction, so that an invalid file writes nothing.

A click that is already stored with the same content is not written again: `loaded_at` is the time of its last change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from adsync.auth import encryption
from adsync.load.click_log_parser import Click, InvalidRow, ParserContext, parse_click, read_rows
from adsync.warehouse.connection import connect_now

KEYS = "select workspace_id, customer_key from adsync.workspaces where customer_key is not null"
CREATE_STAGING = """
create temporary table staged_clicks (
    line bigint, workspace_id text, click_id text, visitor_hash text, order_key text, clicked_at timestamptz,
    url text, referrer text
) on commit drop
"""
COPY_STAGING = "copy staged_clicks from stdin"
# If a file contains a click twice, its last line counts.
UPSERT = """
insert into raw.clicks as known (workspace_id, click_id, visitor_hash, order_key, clicked_at, url, referrer)
select distinct on (workspace_id, click_id)
    workspace_id, click_id, visitor_hash, order_key, clicked_at, url, referrer
from staged_clicks
order by workspace_id, click_id, line desc
on conflict (workspace_id, click_id) do update set
    visitor_hash = excluded.visitor_hash, order_key = excluded.order_key, clicked_at = excluded.clicked_at,
    url = excluded.url, referrer = excluded.referrer, loaded_at = clock_timestamp()
where (known.visitor_hash, known.order_key, known.clicked_at, known.url, known.referrer)
    is distinct from
    (excluded.visitor_hash, excluded.order_key, excluded.clicked_at, excluded.url, excluded.referrer)
"""


@dataclass(frozen=True)
class ClickLoadResult:
    """The number of rows in a file, of rejected rows, and of clicks that were new or changed."""

    rows: int
    rejected: int
    written: int


def load(url: str, file: Path, now: datetime, on_rejected: Callable[[str], None]) -> ClickLoadResult:
    """Loads the valid rows; `on_rejected` receives a message with line number for each invalid one.

    ConfigError if the file is unreadable. The warehouse must have been migrated. Memory is bounded by a row.
    """
    with connect_now(url) as connection:
        context = ParserContext(_customer_keys(connection), now)
        counts = {"rows": 0, "rejected": 0}
        connection.execute(CREATE_STAGING)
        with connection.cursor() as cursor:
            with cursor.copy(COPY_STAGING) as copy:
                for click in _clicks(file, context, counts, on_rejected):
                    copy.write_row(astuple(click))
            written = cursor.execute(UPSERT).rowcount
    return ClickLoadResult(counts["rows"], counts["rejected"], written)


def _customer_keys(connection: psycopg.Connection) -> dict[str, bytes]:
    return {workspace: encryption.decrypt(key) for workspace, key in connection.execute(KEYS)}


def _clicks(
    file: Path, context: ParserContext, counts: dict[str, int], on_rejected: Callable[[str], None]
) -> Iterator[Click]:
    for line, row in read_rows(file):
        counts["rows"] += 1
        try:
            if isinstance(row, InvalidRow):
                raise row
            yield parse_click(line, row, context)
        except InvalidRow as problem:
            counts["rejected"] += 1
            on_rejected(f"{file} line {line}: {problem}")
