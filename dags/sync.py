"""Brings one source's accounts up to date in the raw tables, every hour.

**When a task is red**

- `plan`: the message names the file and key of a wrong setting, or says that the warehouse does not answer. Nothing
  was synced. Correct it, then clear the task.
- `sync`: its square's name says which account, why, and when the next try is. That account is not done; all others of
  the shard are. Rate limits, expired tokens and platform trouble are retried by themselves, each after its own wait; a
  task that is red has no try left, or the message asks for a person: grant access again, or correct the connection.
  Then clear it: only unfinished accounts are synced again.
- `report`: the run is incomplete; its message, which is the run's note too, lists accounts and reasons. All others have
  their numbers; what is missing is made up by the next run that succeeds. No action is needed here.

Green with `sync` skipped: nothing was due.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import DAG, CronDataIntervalTimetable, TriggerRule, get_current_context, task

from adsync import registry
from adsync.airflow_support import assets, metrics
from adsync.airflow_support.noted import noted
from adsync.airflow_support.notifier import tell_admins
from adsync.airflow_support.run_key import run_key
from adsync.airflow_support.run_types import ALL_BUT_BACKFILL
from adsync.hooks.environment import now
from adsync.hooks.warehouse import warehouse_url
from adsync.operators.deadline import deadline_after
from adsync.operators.retry_policy import default_args
from adsync.operators.sync import GRID_LABEL, SyncOperator
from adsync.orchestration import sharding as planning
from adsync.orchestration.run_summary import summarize_run
from adsync.state import accounts
from adsync.status.accounts import lag


@task
def plan(source: str) -> list[dict[str, Any]]:
    """Migrate, take over workspaces.yaml, and divide the accounts that are due into shards."""
    url = warehouse_url()
    accounts.prepare(url)
    return planning.tasks(url, source, planning.due_shards(url, source, now=now()))


@task(trigger_rule=TriggerRule.ALL_DONE, **tell_admins())
def report(source: str, planned: list[dict[str, Any]] | None) -> str:
    """Fail the run when any planned account is not done."""
    url, key = warehouse_url(), run_key(get_current_context())
    metrics.lag(source, lag(url, source))
    return noted(lambda: summarize_run(url, source, key, planning.accounts_of(planned)))


for source in registry.names():
    with DAG(
        dag_id=f"sync_{source}",
        description=f"{source}: campaigns and metrics, or orders, into raw",
        schedule=CronDataIntervalTimetable("0 * * * *", timezone="UTC"),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=3,
        # It would sync today once per day: `restate` is what reads days again.
        allowed_run_types=ALL_BUT_BACKFILL,
        # A limit that a platform does not explain is waited out for an hour; after two, something else is wrong.
        deadline=deadline_after(2, source),
        default_args=default_args(),
        tags=["adsync", "sync", source],
        doc_md=__doc__,
    ):
        shards = plan(source)
        sync = SyncOperator.partial(
            task_id="sync",
            source=source,
            outlets=[assets.raw(source)],
            map_index_template=GRID_LABEL,
        ).expand_kwargs(shards)
        sync >> report(source, shards)
