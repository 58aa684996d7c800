"""Whether raw rows have changed since the marts were last built, so that an idle quarter of an hour costs nothing.

A build is due all the same once the last one is 40 minutes old: the dashboard cache lives 3600 s, and "today" moves on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.sql import SQL, Identifier

from adsync.warehouse.connection import connect_now

LONGEST_REST = timedelta(minutes=40)
RAW_TABLES = (
    "select table_name from information_schema.columns where table_schema = 'raw' and column_name = 'loaded_at'"
)
# A withdrawn row is gone from its table; only the ledger still tells when.
WITHDRAWN = SQL("select max(observed_at) as newest from raw.observations where payload is null")
NOW_AND_OLDEST_WRITER = """
    select now(), min(xact_start) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_xid is not null
"""
LAST_BUILD = "select raw_through, finished_at from adsync.transform_runs order by finished_at desc limit 1"
RECORD = """
    insert into adsync.transform_runs (run_id, raw_through) values (%s, %s)
    on conflict (run_id) do update set raw_through = excluded.raw_through, finished_at = now()
"""


@dataclass(frozen=True)
class RawState:
    """Raw as seen at `seen_at`: `newest` is its last change, `settled` is up to when no change can still appear."""

    seen_at: datetime
    newest: datetime | None
    settled: datetime | None


def raw_state(url: str) -> RawState:
    """Look before a build starts: what lands while it runs is the next build's."""
    with connect_now(url) as connection:
        # An open transaction has stamped rows that nobody sees yet: they may turn up older than the newest one here.
        [(seen_at, writer)] = connection.execute(NOW_AND_OLDEST_WRITER)
        newest = _newest(connection)
    return RawState(seen_at, newest, min(newest, writer) if newest and writer else newest)


def build_due(url: str, raw: RawState) -> bool:
    with connect_now(url) as connection:
        last = connection.execute(LAST_BUILD).fetchone()
    if last is None:
        return True
    raw_through, finished_at = last
    changed = raw.newest is not None and (raw_through is None or raw.newest > raw_through)
    return changed or raw.seen_at - finished_at >= LONGEST_REST


def first_today(url: str, raw: RawState) -> bool:
    """Whether no build has finished on this day of UTC: the day's first one tests all of history."""
    with connect_now(url) as connection:
        last = connection.execute(LAST_BUILD).fetchone()
    return last is None or last[1].astimezone(UTC).date() < raw.seen_at.astimezone(UTC).date()


def record_build(url: str, run_id: str, settled: datetime | None) -> None:
    with connect_now(url) as connection:
        connection.execute(RECORD, (run_id, settled))


def _newest(connection: psycopg.Connection) -> datetime | None:
    tables = [name for (name,) in connection.execute(RAW_TABLES)]
    landed = [SQL("select max(loaded_at) as newest from raw.{}").format(Identifier(table)) for table in tables]
    everything = SQL(" union all ").join([WITHDRAWN, *landed])
    [(newest,)] = connection.execute(SQL("select max(newest) from ({}) as changes").format(everything))
    return newest
