"""Which accounts a run takes up, and how they are dealt out to tasks."""

from __future__ import annotations

from datetime import datetime

from adsync import warehouse

MOST_TASKS = 100
DUE = """
select account.native_id from adsync.accounts as account
left join adsync.sync_state as state on account.platform = state.platform and account.native_id = state.account_id
where account.platform = %(source)s and account.is_active
group by account.native_id
having coalesce(bool_and(
    (state.lease_until is null or state.lease_until < %(now)s)
    and (state.retry_at is null or state.retry_at <= %(now)s)
    and state.status <> 'paused'
), true)
order by account.native_id
"""


def due_accounts(url: str, source: str, *, now: datetime) -> list[str]:
    """The source's active accounts that nobody reads at the moment and that do not wait for a retry."""
    with warehouse.connect_now(url) as connection:
        return [account_id for (account_id,) in connection.execute(DUE, {"source": source, "now": now})]


def shards(account_ids: list[str], most: int = MOST_TASKS) -> list[list[str]]:
    """One account per shard up to `most` shards, then batches of equal size."""
    size = max(1, -(-len(account_ids) // most))
    return [account_ids[start : start + size] for start in range(0, len(account_ids), size)]


def due_shards(url: str, source: str, *, now: datetime) -> list[list[str]]:
    """What one run of a source's DAG maps its tasks over."""
    return shards(due_accounts(url, source, now=now))
