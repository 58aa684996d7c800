"""Re-syncs past days whose metrics may have been restated: every night, as a backfill, or for a requested range.

- **Every night** it reads each source's whole lookback (28 days, or 30 where the platform documents that), up to the
  day of the run. From stores it reads the orders that changed in those days; Salla has no filter by change, so there
  it reads the orders created in them. Stored orders of these days that no longer exist at their store are marked as
  deleted, inside the lookback.
- **A backfill** makes one run per day, and each run reads exactly its own day. `--dag-run-conf '{"sources": ["meta"]}'`
  narrows it; `--reprocess-behavior completed` includes days that already have a run.
- **A triggered run** (button *Trigger*) reads any range of days, in as few calls as each platform allows. Without days
  it does the same as the nightly run.

```sh
airflow backfill create --dag-id restate --from-date 2026-11-01 --to-date 2026-11-03
airflow dags trigger restate -c '{"since": "2026-01-01", "until": "2026-03-31", "sources": ["meta"]}'
```

Days are days of each account's own time zone. Only changed rows are written; rows that the platform no longer returns
are deleted. `transform` then rebuilds what depends on them.

**When a task is red**

- `scope`: a parameter or setting is invalid (the message names it) or the warehouse is unreachable. Nothing was read.
  Correct the cause, then trigger a new run.
- `plan`: the warehouse is unreachable. Clear the task.
- `sync`: the task's label shows the account and the reason. Temporary errors are retried automatically, each after its
  own wait. A red task has no retry left, or requires an action: correct what the message names, then clear the task.
  *Up for reschedule* is no error: another run holds the account's lease.
- `report`: lists accounts and reasons. All other accounts are done. No action is needed here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from airflow.sdk import (
    DAG,
    CronDataIntervalTimetable,
    Param,
    TaskGroup,
    TriggerRule,
    get_current_context,
    task,
)

from adsync import registry
from adsync.airflow_support import assets
from adsync.airflow_support.notifier import admin_callbacks
from adsync.airflow_support.run_context import publish_note, run_key
from adsync.hooks.environment import now
from adsync.hooks.warehouse import warehouse_url
from adsync.operators.deadline import deadline_after
from adsync.operators.retry_policy import default_args
from adsync.operators.sync import GRID_LABEL, SyncOperator
from adsync.orchestration import restatement, sharding
from adsync.ranges import DateRange
from adsync.state import accounts

DATE = {"type": ["null", "string"], "format": "date"}
LIST = {"type": ["null", "array"], "items": {"type": "string"}}


@task(multiple_outputs=False)
def scope() -> dict[str, list[str]]:
    """Returns the half-open days to read per source; fails for an invalid parameter."""
    context, url = get_current_context(), warehouse_url()
    run, params = context["dag_run"], context["params"]
    # A run that was triggered manually may have no data interval.
    day = (run.data_interval_start or run.run_after - timedelta(days=1)).date()
    request = restatement.parse_params(params, day, backfill=run.run_type == "backfill", now=now())
    accounts.prepare(url)
    restatement.check_workspaces(url, request.workspaces)
    ranges = {name: request.range_for(registry.load(name)) for name in request.sources}
    return {name: [each.since.isoformat(), each.until.isoformat()] for name, each in ranges.items()}


@task
def plan(source: str, scope: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Divides the accounts into shards; returns none if the source is not in the scope."""
    if source not in scope:
        return []
    url, days = warehouse_url(), DateRange(*map(date.fromisoformat, scope[source]))
    active = sharding.active_accounts(url, source, get_current_context()["params"]["workspaces"] or ())
    return sharding.task_arguments(url, source, sharding.plan_shards(active), days)


@task(trigger_rule=TriggerRule.ALL_DONE, **admin_callbacks())
def report(scope: dict[str, list[str]] | None, planned: dict[str, list[dict[str, Any]] | None]) -> str:
    """Fails the run if an account is not done."""
    key = run_key(get_current_context())
    return publish_note(lambda: restatement.summarize_restate(warehouse_url(), key, scope, planned))


with DAG(
    dag_id="restate",
    description="Re-syncs past days: nightly, by backfill, or for a requested range",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=datetime(2023, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    deadline=deadline_after(12),
    default_args=default_args(),
    tags=["adsync", "sync"],
    doc_md=__doc__,
    params={
        "since": Param(
            None,
            title="First day",
            description="In each account's own time zone. Empty: each source's whole lookback.",
            **DATE,
        ),
        "until": Param(None, title="Last day", description="Inclusive. Empty: only the first day.", **DATE),
        "sources": Param(
            [],
            title="Sources",
            description="Empty: all sources.",
            examples=list(registry.names()),
            **LIST,
        ),
        "workspaces": Param(
            [], title="Workspaces", description="Workspace ids, one per line. Empty: all workspaces.", **LIST
        ),
    },
):
    scoped = scope()
    planned = {}
    syncs = []
    for source in registry.names():
        with TaskGroup(source):
            planned[source] = plan(source, scoped)
            sync = SyncOperator.partial(
                task_id="sync",
                source=source,
                outlets=[assets.raw(source)],
                map_index_template=GRID_LABEL,
                # Leaves room for the hourly syncs during a backfill of many days.
                max_active_tis_per_dag=8,
            ).expand_kwargs(planned[source])
            syncs.append(sync)
    syncs >> report(scoped, planned)
