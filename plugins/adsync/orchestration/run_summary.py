"""Says how a sync run went; a run that is only half good is an error, PartialSync, so that it is never green.

An account counts by its latest attempt within the run. One without any attempt has failed too: its task never got
that far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from adsync.errors import PermanentError
from adsync.warehouse.connection import connect_now

Shards = Sequence[Sequence[str]]
NAMED = 5
DONE = {"ok", "elsewhere"}
NEVER_TRIED = "was not tried; see the log of its task"
LATEST = """
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
    """Some accounts of a run are not done; trying the report again would not change that."""


@dataclass(frozen=True)
class AccountAttempt:
    """The last thing that happened to one account in a run; `outcome` is None when nothing did."""

    account_id: str
    workspace_id: str
    outcome: str | None
    error_message: str | None

    @property
    def problem(self) -> str:
        if self.outcome == "waiting":
            return "is still waiting for its report"
        return self.error_message or NEVER_TRIED


def summarize_run(url: str, source: str, run_id: str, planned: Shards | None) -> str:
    """One line about a run of `source` whose planned shards are `planned`, None when planning itself failed."""
    return runs_report(url, run_id, {source: planned})


def runs_report(url: str, run_id: str, planned: Mapping[str, Shards | None]) -> str:
    """The same about a run of several sources; PartialSync names everything that is not done."""
    unplanned = [source for source, shards in planned.items() if shards is None]
    attempts = {source: _attempts(url, source, run_id, shards) for source, shards in planned.items() if shards}
    failed = [
        f"{source} {each.account_id} ({each.workspace_id}): {each.problem}"
        for source, tried in attempts.items()
        for each in tried
        if each.outcome not in DONE
    ]
    if failed or unplanned:
        raise PartialSync(f"PARTIAL: {_sentence(failed, sum(map(len, attempts.values())), unplanned)}")
    done = [f"{source}: {len(tried)} of {len(tried)} accounts done" for source, tried in attempts.items()]
    return "; ".join(done) or f"{', '.join(planned)}: nothing was due"


def account_names(url: str, source: str, account_ids: Sequence[str]) -> list[str]:
    """What the platform calls the accounts; the id where it has not told yet."""
    with connect_now(url) as connection:
        return [name for (name,) in connection.execute(NAMES, {"source": source, "accounts": list(account_ids)})]


def enumerate_few(items: Sequence[str], most: int = NAMED, separator: str = "; ") -> str:
    """The first `most` of the items, then how many there are beside them."""
    rest = len(items) - most
    return separator.join([*items[:most], f"and {rest} more"] if rest > 0 else items)


def _attempts(url: str, source: str, run_id: str, shards: Shards) -> list[AccountAttempt]:
    values = {"source": source, "run_id": run_id, "accounts": [account_id for shard in shards for account_id in shard]}
    with connect_now(url) as connection, connection.cursor(row_factory=class_row(AccountAttempt)) as cursor:
        return cursor.execute(LATEST, values).fetchall()


def _sentence(failed: Sequence[str], planned: int, unplanned: Sequence[str]) -> str:
    sentences = [f"{len(failed)} of {planned} accounts failed: {enumerate_few(failed)}"] if failed else []
    if unplanned:
        sentences.append(f"no {' or '.join(unplanned)} account was synced: planning failed; see the log of task plan")
    return "; ".join(sentences)
