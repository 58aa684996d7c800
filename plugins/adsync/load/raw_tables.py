"""Writes records to raw tables: COPY into a temporary table, then an upsert of what differs.

A record is copied as the bytes that arrived. Control characters cannot occur raw in JSON, so two of them serve as quote
and delimiter of the COPY, and nothing needs escaping.
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

CREATE_STAGING = """
create temporary table staged_records (record_key text not null, metric_date date, payload jsonb not null)
with (toast_tuple_target = 8160) on commit drop
"""
COPY_STAGING = "copy staged_records from stdin (format csv, quote e'\\x01', delimiter e'\\x02', null '')"

UPSERT = """
with written as (
    insert into raw.{table} as known (account_id, record_key, metric_date, payload, observed_at, run_id)
    select distinct on (record_key) %(account_id)s, record_key, metric_date, payload, %(observed_at)s, %(run_id)s
    from staged_records
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
with deleted as (
    delete from raw.{table} as known
    where known.account_id = %(account_id)s and known.metric_date >= %(since)s and known.metric_date < %(until)s
        and known.observed_at <= %(observed_at)s
        and not exists (select from staged_records as staged where staged.record_key = known.record_key)
    returning record_key, metric_date
)
insert into raw.observations (source, stream, account_id, record_key, metric_date, observed_at, payload)
select %(source)s, %(stream)s, %(account_id)s, record_key, metric_date, %(observed_at)s, null from deleted
"""
PAYLOADS = """
select record_key, payload::text from raw.{table} where account_id = %(account_id)s and record_key = any(%(keys)s)
"""


@dataclass(frozen=True)
class RawTarget:
    """A raw table, the account whose rows are written, by which run, and when they were observed."""

    source: str
    stream: str
    account_id: str
    run_id: str
    observed_at: datetime


@dataclass(frozen=True)
class LoadStats:
    """Records that were read, and rows that were inserted, updated or deleted because of them."""

    seen: int = 0
    changed: int = 0

    def __add__(self, other: LoadStats) -> LoadStats:
        return LoadStats(self.seen + other.seen, self.changed + other.changed)


async def write_pages(
    connection: psycopg.AsyncConnection, target: RawTarget, pages: AsyncIterator[Page], days: DateRange | None
) -> LoadStats:
    """Writes all pages of a batch inside the caller's transaction.

    With `days` those are replaced as a whole: rows missing from the pages are deleted, and every change is appended to
    `raw.observations`. Memory is bounded by a page.
    Raises ContractError if PostgreSQL rejects a record's JSON, or if a record lies outside `days`.
    """
    await connection.execute(CREATE_STAGING)
    seen = await _copy(connection, target, pages, days)
    values = {**target.__dict__, **(days.__dict__ if days else {})}
    changed = await _run(connection, UPSERT + (LOG_WRITTEN if days else COUNT_WRITTEN), values, counts=not days)
    if days:
        changed += await _run(connection, DELETE_MISSING, values)
    return LoadStats(seen, changed)


async def payloads(connection: psycopg.AsyncConnection, target: RawTarget, keys: Sequence[str]) -> dict[str, bytes]:
    """Returns the stored payload of each of these keys that has one."""
    table = sql.Identifier(f"{target.source}_{target.stream}")
    values = {"account_id": target.account_id, "keys": list(keys)}
    found = await connection.execute(sql.SQL(PAYLOADS).format(table=table), values)
    return {key: text.encode() async for key, text in found}


async def _copy(
    connection: psycopg.AsyncConnection, target: RawTarget, pages: AsyncIterator[Page], days: DateRange | None
) -> int:
    """Copies each page as it arrives; between pages the connection is free for other queries."""
    seen = 0
    try:
        async with connection.cursor() as cursor:
            async for page in pages:
                seen += len(page)
                async with cursor.copy(COPY_STAGING) as copy:
                    await copy.write(_rows(page, target, days))
    except psycopg.DataError as error:
        problem = str(error).splitlines()[0]
        raise ContractError(f"{target.source} {target.stream}: PostgreSQL rejected a record: {problem}") from error
    return seen


def _rows(page: Page, target: RawTarget, days: DateRange | None) -> bytes:
    rows = []
    for key, day, payload in page:
        if days and not (day and days.since <= day < days.until):
            raise ContractError(
                f"{target.source} {target.stream}: record {key} of {day} lies outside the requested days "
                f"{days.since} to {days.last_day}"
            )
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
