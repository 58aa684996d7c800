"""Reads days again that platforms may have changed since: every night, as a backfill, or on request.

- **Every night** each source's whole lookback (28 days, 30 where the platform says so), ending with the day that the
  run is named after. Stores: the orders that changed in those days; Salla, which cannot tell: those placed in them.
- **`airflow backfill create --dag-id restate --from-date 2026-11-01 --to-date 2026-11-03`**: one run per day, each
  re-reads exactly its own day. `--dag-run-conf '{"sources": ["meta"]}'` narrows it, `--reprocess-behavior completed`
  does days again that have a run already.
- **Trigger** (a form, or `airflow dags trigger restate -c '{"since": "...", "until": "..."}'`): any range of days,
  in as few calls as each platform allows. Without days: the same as at night.

Days are days of each account's own time zone. Only rows that differ are written, and rows that the platform no longer
has are removed; `transform` then takes over what has changed.

**When a task is red**

- `scope`: the message names the parameter or setting that is wrong. Nothing was read. Correct it, and trigger anew.
- `plan`: the warehouse does not answer. Clear the task.
- `sync`: its square's name says which account, why, and when the next try is. Errors are retried by themselves, each
  after its own wait; a task that is red has no try left, or asks for a person: correct what it names, then clear it.
  Waiting to be rescheduled is no error: another run reads the account at the moment.
- `report`: lists accounts and reasons. All others have been read. No action is needed here.
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
from adsync.airflow_support.noted import noted
from adsync.airflow_support.notifier import tell_admins
from adsync.airflow_support.run_key import run_key
from adsync.hooks.environment import now
from adsync.hooks.warehouse import warehouse_url
from adsync.operators.deadline import deadline_after
from adsync.operators.retry_policy import default_args
from adsync.operators.sync import GRID_LABEL, SyncOperator
from adsync.orchestration import restatement, sharding
from adsync.ranges import DateRange
from adsync.state import accounts

DAY = {"type": ["null", "string"], "format": "date"}
NAMES = {"type": "array", "items": {"type": "string"}}


@task(multiple_outputs=False)
def scope() -> dict[str, list[str]]:
    """Half-open days per source that is to be read; says what is wrong with the parameters."""
    context, url = get_current_context(), warehouse_url()
    run, params = context["dag_run"], context["params"]
    # Triggered by hand a run may have no interval of its own.
    day = (run.data_interval_start or run.run_after - timedelta(days=1)).date()
    wanted = restatement.parse_params(params, day, backfill=run.run_type == "backfill", now=now())
    accounts.prepare(url)
    restatement.check_workspaces(url, wanted.workspaces)
    days = {name: wanted.window(registry.load(name)) for name in wanted.sources}
    return {name: [each.since.isoformat(), each.until.isoformat()] for name, each in days.items()}


@task(task_id="plan")
def dealt_out(source: str, chosen: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Divide the accounts into shards; none when the source is not asked for."""
    if source not in chosen:
        return []
    url, days = warehouse_url(), DateRange(*map(date.fromisoformat, chosen[source]))
    found = sharding.linked_accounts(url, source, get_current_context()["params"]["workspaces"])
    return sharding.tasks(url, source, sharding.shards(found), days)


@task(trigger_rule=TriggerRule.ALL_DONE, **tell_admins())
def report(chosen: dict[str, list[str]] | None, planned: dict[str, list[dict[str, Any]] | None]) -> str:
    """Fail the run when any account is not done."""
    key = run_key(get_current_context())
    return noted(lambda: restatement.report(warehouse_url(), key, chosen, planned))


with DAG(
    dag_id="restate",
    description="days read again: nightly, by backfill, or by range",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=datetime(2023, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    deadline=deadline_after(12),
    default_args=default_args(),
    tags=["adsync", "sync"],
    doc_md=__doc__,
    params={
        "since": Param(None, title="First day", description="In each account's own zone. Empty: the lookback.", **DAY),
        "until": Param(None, title="Last day", description="It is read too. Empty: the first day alone.", **DAY),
        "sources": Param(
            [], title="Sources", description="Empty: all of them.", examples=list(registry.names()), **NAMES
        ),
        "workspaces": Param([], title="Workspaces", description="Their ids, one per line. Empty: all.", **NAMES),
    },
):
    chosen = scope()
    planned = {}
    ends = []
    for source in registry.names():
        with TaskGroup(source):
            planned[source] = dealt_out(source, chosen)
            sync = SyncOperator.partial(
                task_id="sync",
                source=source,
                outlets=[assets.raw(source)],
                map_index_template=GRID_LABEL,
                # A backfill of many days leaves room for the hourly syncs.
                max_active_tis_per_dag=8,
            ).expand_kwargs(planned[source])
            ends.append(sync)
    ends >> report(chosen, planned)
