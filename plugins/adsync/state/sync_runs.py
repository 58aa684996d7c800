"""The table `adsync.sync_runs`: one row per attempt at an account."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import psycopg

from adsync.warehouse.connection import connect_now

RECORD = """
insert into adsync.sync_runs (
    run_id, platform, account_id, window_from, window_until, calls, rows_seen, rows_changed, bytes,
    started_at, duration_seconds, outcome, error_class, error_message
) values (
    %(run_id)s, %(platform)s, %(account_id)s, %(window_from)s, %(window_until)s, %(calls)s, %(rows_seen)s,
    %(rows_changed)s, %(bytes)s, %(started_at)s, %(duration_seconds)s, %(outcome)s, %(error_class)s,
    %(error_message)s
)
"""
LATEST = """
select distinct on (account_id) account_id, outcome from adsync.sync_runs
where run_id = %(run_id)s and platform = %(source)s and account_id = any(%(ids)s)
    and (%(since)s::timestamptz is null or started_at >= %(since)s)
order by account_id, sync_run_id desc
"""


async def record(connection: psycopg.AsyncConnection, row: Mapping[str, object]) -> None:
    """Adds one attempt; `row` has the columns of the table."""
    await connection.execute(RECORD, row)


def unfinished(
    url: str, source: str, account_ids: Collection[str], run_id: str, since: datetime | None = None
) -> tuple[str, ...]:
    """Returns the accounts that this run still has to sync; with `since`, earlier attempts do not count.

    These are accounts without an attempt and accounts that wait or retry; if there are none, because the task was
    cleared, all failed ones.
    """
    values = {"run_id": run_id, "source": source, "ids": list(account_ids), "since": since}
    with connect_now(url) as connection:
        latest = dict(connection.execute(LATEST, values).fetchall())
    open_accounts = tuple(each for each in account_ids if latest.get(each) not in {"ok", "elsewhere", "failed"})
    return open_accounts or tuple(each for each in account_ids if latest.get(each) == "failed")
