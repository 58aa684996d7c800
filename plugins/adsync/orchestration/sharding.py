"""Which accounts a run takes up, and how they are dealt out to tasks.

What is due is a sync's business. A restate takes every account: one that is being read, it waits for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from adsync.orchestration.run_summary import account_names, enumerate_few
from adsync.ranges import DateRange
from adsync.warehouse.connection import connect_now

MOST_TASKS = 100
NAMED = 3
DUE = """
select account.native_id from adsync.accounts as account
left join adsync.sync_state as state on account.platform = state.platform and account.native_id = state.account_id
where account.platform = %(source)s and account.is_active
    and (cardinality(%(workspaces)s::text[]) = 0 or account.workspace_id = any(%(workspaces)s))
group by account.native_id
having coalesce(bool_and(
    (state.lease_until is null or state.lease_until < %(now)s)
    and (state.retry_at is null or state.retry_at <= %(now)s)
    and state.status <> 'paused'
), true)
order by account.native_id
"""
LINKED = """
select account.native_id from adsync.accounts as account
where account.platform = %(source)s and account.is_active
    and (cardinality(%(workspaces)s::text[]) = 0 or account.workspace_id = any(%(workspaces)s))
    and not exists (
        select from adsync.sync_state as state
        where state.platform = account.platform and state.account_id = account.native_id and state.status = 'paused'
    )
order by account.native_id
"""


def due_accounts(url: str, source: str, *, now: datetime, workspaces: Collection[str] = ()) -> list[str]:
    """The source's active accounts that nobody reads at the moment and that do not wait for a retry."""
    with connect_now(url) as connection:
        values = {"source": source, "now": now, "workspaces": list(workspaces)}
        return [account_id for (account_id,) in connection.execute(DUE, values)]


def linked_accounts(url: str, source: str, workspaces: Collection[str] = ()) -> list[str]:
    """The source's active accounts, of those workspaces alone if any are named; paused ones stay out."""
    with connect_now(url) as connection:
        values = {"source": source, "workspaces": list(workspaces)}
        return [account_id for (account_id,) in connection.execute(LINKED, values)]


def shards(account_ids: list[str], most: int = MOST_TASKS) -> list[list[str]]:
    """One account per shard up to `most` shards, then batches of equal size."""
    size = max(1, -(-len(account_ids) // most))
    return [account_ids[start : start + size] for start in range(0, len(account_ids), size)]


def due_shards(url: str, source: str, *, now: datetime) -> list[list[str]]:
    """What one run of a source's DAG takes up."""
    return shards(due_accounts(url, source, now=now))


def tasks(url: str, source: str, dealt: Sequence[Sequence[str]], days: DateRange | None = None) -> list[dict[str, Any]]:
    """What is mapped over: per shard its accounts, their names for the grid, and half-open days as ISO texts if any."""
    names = iter(account_names(url, source, [account_id for shard in dealt for account_id in shard]))
    titles = [enumerate_few([next(names) for _ in shard], NAMED, ", ") for shard in dealt]
    span = {"since": days.since.isoformat(), "until": days.until.isoformat()} if days else {}
    return [{"shard": list(shard), "title": title, **span} for shard, title in zip(dealt, titles, strict=True)]


def accounts_of(planned: Sequence[Mapping[str, Any]] | None) -> list[list[str]] | None:
    """The shards of those tasks; None when planning itself failed."""
    return None if planned is None else [each["shard"] for each in planned]
