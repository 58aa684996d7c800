"""Stored records by their day of creation, and the mark of those that no longer exist at their platform.

A deleted record keeps its last payload, with the time of the mark added. If it is read again, the mark is gone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

import psycopg
from psycopg import sql

from adsync.ranges import DateRange

DELETED_AT = "adsync_deleted_at"

CREATED_BETWEEN = """
select record_key, payload::text from raw.{table}
where account_id = %(account_id)s and observed_at <= %(observed_at)s
    and left(payload #>> %(created)s, 10) between %(since)s and %(last_day)s
    and not jsonb_exists(payload, {deleted_at})
"""
MARK_DELETED = """
update raw.{table} set
    payload = payload || jsonb_build_object({deleted_at}, to_jsonb(%(observed_at)s::timestamptz)),
    observed_at = %(observed_at)s, loaded_at = clock_timestamp(), run_id = %(run_id)s
where account_id = %(account_id)s and record_key = any(%(keys)s) and observed_at <= %(observed_at)s
    and not jsonb_exists(payload, {deleted_at})
"""


async def created_between(
    connection: psycopg.AsyncConnection, target: Mapping[str, object], created: Sequence[str], days: DateRange
) -> AsyncIterator[tuple[str, bytes]]:
    """Yields key and payload of the records created in the days; `created` is the path of an ISO date or time."""
    values = {**target, "created": list(created), "since": str(days.since), "last_day": str(days.last_day)}
    async with connection.transaction(), connection.cursor("created_records") as cursor:
        await cursor.execute(_statement(CREATED_BETWEEN, target), values)
        async for key, text in cursor:
            yield key, text.encode()


async def mark_deleted(connection: psycopg.AsyncConnection, target: Mapping[str, object], keys: Sequence[str]) -> int:
    """Marks records as deleted, inside the caller's transaction; returns how many were not marked before."""
    cursor = await connection.execute(_statement(MARK_DELETED, target), {**target, "keys": list(keys)})
    return cursor.rowcount


def _statement(text: str, target: Mapping[str, object]) -> sql.Composed:
    table = sql.Identifier(f"{target['source']}_{target['stream']}")
    return sql.SQL(text).format(table=table, deleted_at=sql.Literal(DELETED_AT))
