"""Records into raw tables: COPY into a temporary table, then write only what differs.

A record travels as the bytes that arrived. Control characters cannot occur raw in JSON, so two of them
serve as quote and delimiter of the COPY, and nothing needs escaping.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from adsync.errors import ContractError
from adsync.models import Page
from adsync.ranges import DateRange

# jsonb cannot hold the character U+0000; an even number of backslashes before it is not its escape.
NULL_CHARACTER = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")

CREATE_INCOMING = """
create temporary table incoming (record_key text not null, metric_date date, payload jsonb not null)
with (toast_tuple_target = 8160) on commit drop
"""
COPY_INCOMING = "copy incoming from stdin (format csv, quote e'\\x01', delimiter e'\\x02', null '')"

UPSERT = """
with written as (
    insert into raw.{table} as known (account_id, record_key, metric_date, payload, observed_at, run_id)
    select distinct on (record_key) %(account_id)s, record_key, metric_date, payload, %(observed_at)s, %(run_id)s
    from incoming
    order by record_key, ctid desc
    on conflict (account_id, record_key) do update set
        metric_date = excluded.metric_date, payload = excluded.payload, observed_at = excluded.observed_at,
        loaded_at = clock_timestamp(), run_id = excluded.run_id
    where known.payload is distinct from excluded.payload and known.observed_at <= excluded.observed_at
    returning record_key, metric_date, payload
)
"""
COUNT_WRITTEN = "select count(*) from written"
LOG_WRITTEN = """
insert into raw.observations (source, stream, account_id, record_key, metric_date, observed_at, payload)
select %(source)s, %(stream)s, %(account_id)s, record_key, metric_date, %(observed_at)s, payload from written
"""
DELETE_MISSING = """
with gone as (
    delete from raw.{table} as known
    where known.account_id = %(account_id)s and known.metric_date >= %(since)s and known.metric_date < %(until)s
        and known.observed_at <= %(observed_at)s
        and not exists (select from incoming where incoming.record_key = known.record_key)
    returning record_key, metric_date
)
insert into raw.observations (source, stream, account_id, record_key, metric_date, observed_at, payload)
select %(source)s, %(stream)s, %(account_id)s, record_key, metric_date, %(observed_at)s, null from gone
"""
PAYLOADS = """
select record_key, payload::text from raw.{table} where account_id = %(account_id)s and record_key = any(%(keys)s)
"""


@dataclass(frozen=True)
class RawTarget:
    """Which raw table, whose rows, and who writes them since when."""

    source: str
    stream: str
    account_id: str
    run_id: str
    observed_at: datetime


@dataclass(frozen=True)
class LoadStats:
    """Records that came in, and rows that were written or withdrawn because of them."""

    seen: int = 0
    changed: int = 0

    def __add__(self, other: LoadStats) -> LoadStats:
        return LoadStats(self.seen + other.seen, self.changed + other.changed)


async def replace_unit(
    connection: psycopg.AsyncConnection, place: RawTarget, pages: AsyncIterator[Page], window: DateRange | None
) -> LoadStats:
    """Write all pages of one unit inside the caller's transaction.

    With a window its days are replaced as a unit: rows that the pages no longer hold are withdrawn, and
    every change goes to the ledger `raw.observations`. Memory is bounded by a page.
    Raises ContractError when a record is no JSON that PostgreSQL accepts, or lies outside the window.
    """
    await connection.execute(CREATE_INCOMING)
    seen = await _copy(connection, place, pages, window)
    values = {**place.__dict__, **(window.__dict__ if window else {})}
    changed = await _run(connection, UPSERT + (LOG_WRITTEN if window else COUNT_WRITTEN), values, counts=not window)
    if window:
        changed += await _run(connection, DELETE_MISSING, values)
    return LoadStats(seen, changed)


async def payloads(connection: psycopg.AsyncConnection, place: RawTarget, keys: Sequence[str]) -> dict[str, bytes]:
    """The stored payload of each of these keys that has one."""
    table = sql.Identifier(f"{place.source}_{place.stream}")
    asked = {"account_id": place.account_id, "keys": list(keys)}
    found = await connection.execute(sql.SQL(PAYLOADS).format(table=table), asked)
    return {key: text.encode() async for key, text in found}


async def _copy(
    connection: psycopg.AsyncConnection, place: RawTarget, pages: AsyncIterator[Page], window: DateRange | None
) -> int:
    """Send each page on as soon as it is here; between pages the connection is free to be asked what is known."""
    seen = 0
    try:
        async with connection.cursor() as cursor:
            async for page in pages:
                seen += len(page)
                async with cursor.copy(COPY_INCOMING) as copy:
                    await copy.write(_rows(page, place, window))
    except psycopg.DataError as error:
        problem = str(error).splitlines()[0]
        raise ContractError(f"{place.source} {place.stream}: a record cannot be stored: {problem}") from error
    return seen


def _rows(page: Page, place: RawTarget, window: DateRange | None) -> bytes:
    rows = []
    for key, day, payload in page:
        if window and not (day and window.since <= day < window.until):
            raise ContractError(f"{place.source} {place.stream}: record {key} of {day} is outside the asked {window}")
        rows.append(b"\x01%b\x01\x02%b\x02\x01%b\x01\n" % (key.encode(), str(day or "").encode(), payload))
    block = b"".join(rows)
    return NULL_CHARACTER.sub(rb"\1", block) if b"\\u0000" in block else block


async def _run(
    connection: psycopg.AsyncConnection, statement: str, values: dict[str, object], *, counts: bool = False
) -> int:
    table = sql.Identifier(f"{values['source']}_{values['stream']}")
    cursor = await connection.execute(sql.SQL(statement).format(table=table), values)
    if not counts:
        return cursor.rowcount
    row = await cursor.fetchone()
    return int(row[0]) if row else 0
