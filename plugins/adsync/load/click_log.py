"""A file of clicks into `raw.clicks`: streamed with COPY in one transaction, so a file that breaks off leaves nothing.

A click that is there already, and says the same, is not written again: `loaded_at` means changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from adsync.auth import encryption
from adsync.load.click_log_parser import BadRow, Checks, Click, checked, read
from adsync.warehouse.connection import connect_now

KEYS = "select workspace_id, customer_key from adsync.workspaces where customer_key is not null"
CREATE_INCOMING = """
create temporary table incoming_clicks (
    line bigint, workspace_id text, click_id text, visitor_hash text, order_key text, clicked_at timestamptz,
    url text, referrer text
) on commit drop
"""
COPY_INCOMING = "copy incoming_clicks from stdin"
# Of a click that the file tells twice, the last line is true.
UPSERT = """
insert into raw.clicks as known (workspace_id, click_id, visitor_hash, order_key, clicked_at, url, referrer)
select distinct on (workspace_id, click_id)
    workspace_id, click_id, visitor_hash, order_key, clicked_at, url, referrer
from incoming_clicks
order by workspace_id, click_id, line desc
on conflict (workspace_id, click_id) do update set
    visitor_hash = excluded.visitor_hash, order_key = excluded.order_key, clicked_at = excluded.clicked_at,
    url = excluded.url, referrer = excluded.referrer, loaded_at = clock_timestamp()
where (known.visitor_hash, known.order_key, known.clicked_at, known.url, known.referrer)
    is distinct from
    (excluded.visitor_hash, excluded.order_key, excluded.clicked_at, excluded.url, excluded.referrer)
"""


@dataclass(frozen=True)
class Loaded:
    """How many rows a file had, how many of them were no clicks, and how many were written because they are news."""

    rows: int
    bad: int
    written: int


def load(url: str, file: Path, now: datetime, complain: Callable[[str], None]) -> Loaded:
    """Load the good rows and complain of each bad one by its line; ConfigError when the file cannot be read at all.

    The warehouse must have been migrated. Memory is bounded by a row.
    """
    with connect_now(url) as connection:
        checks = Checks(_keys(connection), now)
        counts = {"rows": 0, "bad": 0}
        connection.execute(CREATE_INCOMING)
        with connection.cursor() as cursor:
            with cursor.copy(COPY_INCOMING) as copy:
                for click in _clicks(file, checks, counts, complain):
                    copy.write_row(astuple(click))
            written = cursor.execute(UPSERT).rowcount
    return Loaded(counts["rows"], counts["bad"], written)


def _keys(connection: psycopg.Connection) -> dict[str, bytes]:
    return {workspace: encryption.decrypt(key) for workspace, key in connection.execute(KEYS)}


def _clicks(file: Path, checks: Checks, counts: dict[str, int], complain: Callable[[str], None]) -> Iterator[Click]:
    for line, row in read(file):
        counts["rows"] += 1
        try:
            if isinstance(row, BadRow):
                raise row
            yield checked(line, row, checks)
        except BadRow as problem:
            counts["bad"] += 1
            complain(f"{file} line {line}: {problem}")
