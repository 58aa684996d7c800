"""Summarizes a sync run. An incomplete run raises PartialSync, so that it is never green.

The latest attempt of an account within the run counts. An account without an attempt has failed: its task did not get
that far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from adsync.errors import PermanentError
from adsync.warehouse.connection import connect_now

Shards = Sequence[Sequence[str]]
MAX_LISTED = 5
DONE = {"ok", "elsewhere"}
LATEST_ATTEMPTS = """
    select
        planned.account_id,
        coalesce(account.workspace_id, 'unknown workspace') as workspace_id,
        run.outcome,
        run.error_message
    from unnest(%(accounts)s::text[]) as planned (account_id)
    left join adsync.accounts as account on account.platform = %(source)s and account.native_id = planned.account_id
    left join lateral (
        select outcome, error_message
        from adsync.sync_runs
        where run_id = %(run_id)s and platform = %(source)s and account_id = planned.account_id
        order by sync_run_id desc
        limit 1
    ) as run on true
    order by workspace_id, planned.account_id
"""
NAMES = """
    select coalesce(account.name, planned.account_id)
    from unnest(%(accounts)s::text[]) with ordinality as planned (account_id, position)
    left join adsync.accounts as account on account.platform = %(source)s and account.native_id = planned.account_id
    order by planned.position
"""


class PartialSync(PermanentError):
    """Some accounts of a run failed; retrying the summary would not change that."""


@dataclass(frozen=True)
class AccountAttempt:
    """The latest attempt at one account in a run; `outcome` is None without an attempt."""

    account_id: str
    workspace_id: str
    outcome: str | None
    error_message: str | None

    @property
    def problem(self) -> str:
        if self.outcome == "waiting":
            return "still waiting for its report"
        return self.error_message or "not attempted (see the log of its task)"


def summarize_run(url: str, run_id: str, planned: Mapping[str, Shards | None]) -> str:
    """Returns one line about a run; raises PartialSync with every account that failed.

    `planned` has the shards of each source, or None where planning failed.
    """
    unplanned = [source for source, shards in planned.items() if shards is None]
    attempts = {source: _latest_attempts(url, source, run_id, shards) for source, shards in planned.items() if shards}
    failed = [
        f"{source} {attempt.account_id} ({attempt.workspace_id}): {attempt.problem}"
        for source, of_source in attempts.items()
        for attempt in of_source
        if attempt.outcome not in DONE
    ]
    if failed or unplanned:
        raise PartialSync(f"PARTIAL: {_problems(failed, sum(map(len, attempts.values())), unplanned)}")
    done = [f"{source}: {len(of_source)} of {len(of_source)} accounts done" for source, of_source in attempts.items()]
    return "; ".join(done) or f"{', '.join(planned)}: no accounts due"


def account_names(url: str, source: str, account_ids: Sequence[str]) -> list[str]:
    """Returns the platform's names of the accounts, or the id where no name is stored yet."""
    with connect_now(url) as connection:
        return [name for (name,) in connection.execute(NAMES, {"source": source, "accounts": list(account_ids)})]


def join_limited(items: Sequence[str], limit: int = MAX_LISTED, separator: str = "; ") -> str:
    """Joins the first `limit` items and appends how many more there are."""
    rest = len(items) - limit
    return separator.join([*items[:limit], f"and {rest} more"] if rest > 0 else items)


def _latest_attempts(url: str, source: str, run_id: str, shards: Shards) -> list[AccountAttempt]:
    values = {"source": source, "run_id": run_id, "accounts": [account_id for shard in shards for account_id in shard]}
    with connect_now(url) as connection, connection.cursor(row_factory=class_row(AccountAttempt)) as cursor:
        return cursor.execute(LATEST_ATTEMPTS, values).fetchall()


def _problems(failed: Sequence[str], planned: int, unplanned: Sequence[str]) -> str:
    problems = [f"{len(failed)} of {planned} accounts failed: {join_limited(failed)}"] if failed else []
    if unplanned:
        problems.append(f"no {' or '.join(unplanned)} account was synced: planning failed (see the log of task `plan`)")
    return "; ".join(problems)
