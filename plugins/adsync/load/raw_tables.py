"""Writes records to raw tables: COPY into a temporary table, then an upsert of what differs.

A record is copied as the bytes that arrived. Control characters cannot occur raw in JSON, so two of them serve as quote
and delimiter of the COPY, and nothing needs escaping. A record that PostgreSQL refuses is found by halving its page and
goes to `raw.rejected_records`; the others are stored.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from adsync.api.json_text import without_bad_escapes
from adsync.errors import ContractError
from adsync.load import rejected_records
from adsync.load.rejected_records import MAX_KEY_LENGTH, NOTHING, ReadAgain, RejectedOfBatch
from adsync.models import Page, Record, RejectedRecord
from adsync.ranges import DateRange

# What PostgreSQL says of a single value: not jsonb, out of range, too deep, too large.
REFUSED = (psycopg.DataError, psycopg.errors.ProgramLimitExceeded, psycopg.errors.StatementTooComplex)
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f]")

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
        and known.record_key <> all(%(rejected_keys)s)
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
    """Records that were read, rows that were inserted, updated or deleted because of them, and records rejected."""

    seen: int = 0
    changed: int = 0
    rejected: int = 0

    def __add__(self, other: LoadStats) -> LoadStats:
        return LoadStats(self.seen + other.seen, self.changed + other.changed, self.rejected + other.rejected)


async def write_pages(
    connection: psycopg.AsyncConnection,
    target: RawTarget,
    pages: AsyncIterator[Page],
    days: DateRange | None,
    again: ReadAgain = NOTHING,
) -> LoadStats:
    """Writes all pages of a batch inside the caller's transaction.

    With `days` those are replaced as a whole: rows missing from the pages are deleted, and every change is appended to
    `raw.observations`. The row of a rejected record stays; if its key is unknown, no row is deleted. Memory is bounded
    by a page.
    Raises ContractError if several records arrive and all of them lie outside `days`.
    """
    await connection.execute(CREATE_STAGING)
    rejected = RejectedOfBatch()
    seen = await _copy(connection, pages, PageWriter(target, days, rejected))
    values = {**asdict(target), **(asdict(days) if days else {}), "rejected_keys": rejected.keys()}
    changed = await _run(connection, UPSERT + (LOG_WRITTEN if days else COUNT_WRITTEN), values, counts=not days)
    if days and rejected.keys() is not None:
        changed += await _run(connection, DELETE_MISSING, values)
    await rejected_records.save(connection, asdict(target), rejected, days, again)
    return LoadStats(seen, changed, len(rejected.found))


async def payloads(connection: psycopg.AsyncConnection, target: RawTarget, keys: Sequence[str]) -> dict[str, bytes]:
    """Returns the stored payload of each of these keys that has one."""
    table = sql.Identifier(f"{target.source}_{target.stream}")
    values = {"account_id": target.account_id, "keys": list(keys)}
    found = await connection.execute(sql.SQL(PAYLOADS).format(table=table), values)
    return {key: text.encode() async for key, text in found}


@dataclass(frozen=True)
class PageWriter:
    """Turns pages into rows of the COPY; what cannot be stored goes to `rejected`."""

    target: RawTarget
    days: DateRange | None
    rejected: RejectedOfBatch

    def storable(self, page: Page) -> list[Record]:
        """Returns the records that belong into the table; ContractError if several lie outside the days, and all do."""
        records = self.rejected.readable(page)
        outside = [each for each in records if self._is_outside(each)]
        if len(outside) > 1 and len(outside) == len(records):
            raise ContractError(self._outside(outside[0]))
        for each in outside:
            self.rejected.add(RejectedRecord("", self._outside(each), f"key: {each.key}"))
        for each in records:
            if not _is_key(each.key):
                self.rejected.add(RejectedRecord("", f"{self._stream}: invalid key of a record", f"key: {each.key!r}"))
        return [each for each in records if _is_key(each.key) and not self._is_outside(each)]

    def refuse(self, record: Record, error: psycopg.Error) -> None:
        """Rejects a record that PostgreSQL does not store."""
        problem = str(error).splitlines()[0]
        self.rejected.add(RejectedRecord(record.key, f"{self._stream}: PostgreSQL rejected a record: {problem}"))

    @property
    def _stream(self) -> str:
        return f"{self.target.source} {self.target.stream}"

    def _is_outside(self, record: Record) -> bool:
        return self.days is not None and not (record.day and self.days.since <= record.day < self.days.until)

    def _outside(self, record: Record) -> str:
        days = f"{self.days.since} to {self.days.last_day}" if self.days else ""
        return f"{self._stream}: record {record.key} of {record.day} lies outside the requested days {days}"


async def _copy(connection: psycopg.AsyncConnection, pages: AsyncIterator[Page], writer: PageWriter) -> int:
    """Copies each page as it arrives; between pages the connection is free for other queries."""
    seen = 0
    async for page in pages:
        seen += len(page)
        await _copy_records(connection, writer.storable(page), writer)
    return seen


async def _copy_records(connection: psycopg.AsyncConnection, records: list[Record], writer: PageWriter) -> None:
    """Copies records; halves them if PostgreSQL refuses one, down to the one that it refuses."""
    if not records:
        return
    try:
        async with connection.transaction(), connection.cursor() as cursor, cursor.copy(COPY_STAGING) as copy:
            await copy.write(_rows(records))
    except REFUSED as error:
        if len(records) == 1:
            writer.refuse(records[0], error)
            return
        half = len(records) // 2
        await _copy_records(connection, records[:half], writer)
        await _copy_records(connection, records[half:], writer)


def _is_key(key: str) -> bool:
    return 0 < len(key) <= MAX_KEY_LENGTH and not CONTROL_CHARACTER.search(key)


def _rows(records: Sequence[Record]) -> bytes:
    rows = [
        b"\x01%b\x01\x02%b\x02\x01%b\x01\n" % (key.encode(errors="replace"), str(day or "").encode(), payload)
        for key, day, payload in records
    ]
    return without_bad_escapes(b"".join(rows))


async def _run(
    connection: psycopg.AsyncConnection, statement: str, values: dict[str, object], *, counts: bool = False
) -> int:
    table = sql.Identifier(f"{values['source']}_{values['stream']}")
    cursor = await connection.execute(sql.SQL(statement).format(table=table), values)
    if not counts:
        return cursor.rowcount
    row = await cursor.fetchone()
    return int(row[0]) if row else 0
