"""Syncs one source every hour: campaigns and metrics, or orders, into the raw tables.

**When a task is red**

- `plan`: a setting is invalid (the message names file and key) or the warehouse is unreachable. Nothing was synced.
  Correct the cause, then clear the task.
- `sync`: the task's label shows the account and the reason; the other accounts of its shard are done. Rate limits,
  expired access tokens and temporary platform errors are retried automatically, each after its own wait. A red task has
  no retry left, or requires an action: authorize the account again, or correct the connection. Then clear the task;
  only unfinished accounts are synced again.
- `report`: the run is incomplete. Its message, which is also the run's note, lists accounts and reasons. All other
  accounts are up to date. No action is needed here: the next successful run reads what is missing.

A task that is *up for retry* has only its number in the grid; its log and `python -m adsync status` show the account,
the reason and the next try. A green run with `sync` skipped had no accounts due.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import DAG, CronDataIntervalTimetable, TriggerRule, get_current_context, task

from adsync import registry
from adsync.airflow_support import assets, metrics
from adsync.airflow_support.notifier import admin_callbacks
from adsync.airflow_support.run_context import RUN_TYPES_WITHOUT_BACKFILL, publish_note, run_key
from adsync.hooks.environment import now
from adsync.hooks.warehouse import warehouse_url
from adsync.operators.deadline import deadline_after
from adsync.operators.retry_policy import default_args
from adsync.operators.sync import GRID_LABEL, SyncOperator
from adsync.orchestration import sharding
from adsync.orchestration.run_summary import summarize_run
from adsync.state import accounts
from adsync.status.accounts import lag


@task
def plan(source: str) -> list[dict[str, Any]]:
    """Migrates the warehouse, loads workspaces.yaml, and divides the accounts that are due into shards."""
    url = warehouse_url()
    accounts.prepare(url)
    shards = sharding.plan_shards(sharding.due_accounts(url, source, now=now()))
    return sharding.task_arguments(url, source, shards)


@task(trigger_rule=TriggerRule.ALL_DONE, **admin_callbacks())
def report(source: str, planned: list[dict[str, Any]] | None) -> str:
    """Fails the run if a planned account is not done."""
    url, key = warehouse_url(), run_key(get_current_context())
    metrics.record_lag(source, lag(url, source))
    return publish_note(lambda: summarize_run(url, key, {source: sharding.planned_accounts(planned)}))


for source in registry.names():
    with DAG(
        dag_id=f"sync_{source}",
        description=f"Syncs {source} into raw: {'orders' if source in registry.stores() else 'campaigns and metrics'}",
        schedule=CronDataIntervalTimetable("0 * * * *", timezone="UTC"),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=3,
        # A backfill would sync the present once per day; the DAG `restate` reads past days.
        allowed_run_types=RUN_TYPES_WITHOUT_BACKFILL,
        # A rate limit without a stated wait takes an hour; after two hours something else is wrong.
        deadline=deadline_after(2, source),
        default_args=default_args(),
        tags=["adsync", "sync", source],
        doc_md=__doc__,
    ):
        planned = plan(source)
        sync = SyncOperator.partial(
            task_id="sync",
            source=source,
            outlets=[assets.raw(source)],
            map_index_template=GRID_LABEL,
        ).expand_kwargs(planned)
        sync >> report(source, planned)
