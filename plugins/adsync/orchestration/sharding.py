"""Selects the accounts of a run and divides them into shards, one per mapped task.

A sync takes the accounts that are due. A restate takes every active account and waits for those that are leased.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from adsync.orchestration.run_summary import account_names, join_limited
from adsync.ranges import DateRange
from adsync.warehouse.connection import connect_now

MAX_SHARDS = 100
MAX_NAMES_IN_TITLE = 3
MAX_REASONS = 5
DUE_ACCOUNTS = """
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
UNDUE_ACCOUNTS = """
select
    account.native_id,
    bool_or(state.status = 'paused') as is_paused,
    max(state.lease_until) filter (where state.lease_until >= %(now)s) as lease_until,
    max(state.retry_at) filter (where state.retry_at > %(now)s) as retry_at
from adsync.accounts as account
left join adsync.sync_state as state on account.platform = state.platform and account.native_id = state.account_id
where account.platform = %(source)s and account.is_active
group by account.native_id
order by account.native_id
"""
ACTIVE_ACCOUNTS = """
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
    """Returns the source's active accounts that are not leased, backing off or paused."""
    with connect_now(url) as connection:
        values = {"source": source, "now": now, "workspaces": list(workspaces)}
        return [account_id for (account_id,) in connection.execute(DUE_ACCOUNTS, values)]


def explain_nothing_due(url: str, source: str, *, now: datetime) -> str:
    """Returns one sentence that says why no account of the source is due."""
    with connect_now(url) as connection:
        rows = connection.execute(UNDUE_ACCOUNTS, {"source": source, "now": now}).fetchall()
    if not rows:
        return f"{source}: no active account (add one to workspaces.yaml)"
    reasons = [f"{account_id} {_reason(*state)}" for account_id, *state in rows]
    return f"{source}: no account is due: {join_limited(reasons, MAX_REASONS, '; ')}"


def _reason(is_paused: bool | None, lease_until: datetime | None, retry_at: datetime | None) -> str:
    if is_paused:
        return "is paused"
    if lease_until:
        return "is being synced by another run"
    if retry_at:
        return f"backs off after a failure until {retry_at:%Y-%m-%d %H:%M} UTC (--account syncs it now)"
    return "has become due since"


def active_accounts(url: str, source: str, workspaces: Collection[str] = ()) -> list[str]:
    """Returns the source's active accounts that are not paused; without workspaces, those of all workspaces."""
    with connect_now(url) as connection:
        values = {"source": source, "workspaces": list(workspaces)}
        return [account_id for (account_id,) in connection.execute(ACTIVE_ACCOUNTS, values)]


def plan_shards(account_ids: Sequence[str], max_shards: int = MAX_SHARDS) -> list[list[str]]:
    """Returns one account per shard up to `max_shards` accounts, beyond that batches of equal size."""
    size = max(1, -(-len(account_ids) // max_shards))
    return [list(account_ids[start : start + size]) for start in range(0, len(account_ids), size)]


def task_arguments(
    url: str, source: str, shards: Sequence[Sequence[str]], days: DateRange | None = None
) -> list[dict[str, Any]]:
    """Returns the arguments of one mapped SyncOperator task per shard; `title` has the accounts' names for the grid."""
    names = iter(account_names(url, source, [account_id for shard in shards for account_id in shard]))
    titles = [join_limited([next(names) for _ in shard], MAX_NAMES_IN_TITLE, ", ") for shard in shards]
    bounds = {"since": days.since.isoformat(), "until": days.until.isoformat()} if days else {}
    return [{"shard": list(shard), "title": title, **bounds} for shard, title in zip(shards, titles, strict=True)]


def planned_accounts(arguments: Sequence[Mapping[str, Any]] | None) -> list[list[str]] | None:
    """Returns the shards of `task_arguments`, or None if planning failed."""
    return None if arguments is None else [each["shard"] for each in arguments]
