"""Turns what has landed in raw into marts, alerts and the dashboard cache.

Runs when any source has synced, and every 15 minutes at the latest, because a sync that waits for a retry announces
nothing. If neither a raw row nor the dbt project has changed since the last run, and that run is less than 40 minutes
old, all tasks are skipped. A changed model is rebuilt from raw, with everything that reads it. The first run of a day
(UTC) also runs the tests that read all of history.

**Trigger with a form**: `select` builds only these nodes (`campaign_metrics+` with everything that reads it),
`full_refresh` rebuilds from raw, `force` builds although nothing has changed.

**When a task is red**

- `dbt_build`: the message names the failed models or tests and the first error; dbt's whole output is in the log.
  Models that failed, and those behind them, keep their last good state, and so does the dashboard. The next run tries
  again by itself; a test that keeps failing wants a person.
- `check_consistency`: the warehouse does not answer. What the check finds is logged and never a failure.
- `alerts`, `refresh_cache`, `complete`: the warehouse or Redis does not answer, or a connection is missing: the
  message says which. Nothing is lost; the next run makes up for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import (
    DAG,
    AssetAny,
    AssetOrTimeSchedule,
    CronDataIntervalTimetable,
    Param,
    get_current_context,
    task,
)
from airflow.sdk.exceptions import AirflowSkipException

from adsync import registry
from adsync.airflow_support import assets
from adsync.airflow_support.pools import MARTS
from adsync.airflow_support.run_context import RUN_TYPES_WITHOUT_BACKFILL
from adsync.alerts.delivery import deliver
from adsync.alerts.episodes import update_episodes
from adsync.dashboard.cache import refresh
from adsync.dashboard.snapshot import snapshots
from adsync.hooks.environment import open_channel
from adsync.hooks.redis_url import redis_url
from adsync.hooks.warehouse import warehouse_url
from adsync.operators.deadline import deadline_after
from adsync.operators.retry_policy import default_args
from adsync.status.consistency import log_issues
from adsync.transform.dbt_runner import build, project
from adsync.transform.selection import BuildRequest, finish_run, is_due, is_first_today, take_snapshot
from adsync.warehouse.migrations import migrate


@task(multiple_outputs=False)
def dbt_build() -> dict[str, datetime]:
    """Builds the marts; returns the moment before the build."""
    url, dbt, context = warehouse_url(), project(), get_current_context()
    migrate(url, registry.streams())
    snapshot = take_snapshot(url, dbt.folder)
    request = _request(context["params"], nightly=is_first_today(url, snapshot))
    if not (request.is_explicit or is_due(url, snapshot)):
        raise AirflowSkipException("neither raw nor the dbt project has changed since the last run")
    build(url, dbt, snapshot, request, run_id=context["run_id"])
    return {"seen_at": snapshot.taken_at}


def _request(params: Mapping[str, Any], *, nightly: bool) -> BuildRequest:
    """Returns what the form asks for."""
    select, full_refresh, force = (params["select"] or "").split(), params["full_refresh"], params["force"]
    return BuildRequest(tuple(select), full_refresh=full_refresh, force=force, nightly=nightly)


@task
def check_consistency() -> int:
    """Say what looks wrong in the marts."""
    return log_issues(warehouse_url())


@task(multiple_outputs=False)
def alerts(built_from: dict[str, datetime]) -> dict[str, int]:
    """Open, carry on and close alerts, and tell people about what changed."""
    changes = update_episodes(warehouse_url(), built_from["seen_at"])
    return {**changes.counts(), "delivered": deliver(warehouse_url(), open_channel)}


@task
def refresh_cache() -> int:
    """Replace the figures of every workspace in Redis."""
    return refresh(redis_url(), snapshots(warehouse_url()))


@task(outlets=[assets.marts()])
def complete() -> None:
    """Records that alerts and the dashboard cache follow the build."""
    finish_run(warehouse_url(), get_current_context()["run_id"])


with DAG(
    dag_id="transform",
    description="marts, alerts and the dashboard cache",
    schedule=AssetOrTimeSchedule(
        timetable=CronDataIntervalTimetable("*/15 * * * *", timezone="UTC"),
        assets=AssetAny(*(assets.raw(source) for source in registry.names())),
    ),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    allowed_run_types=RUN_TYPES_WITHOUT_BACKFILL,
    # The cached dashboard lives an hour.
    deadline=deadline_after(1),
    # One run at a time, and should somebody raise that: still one dbt, one delivery, one refresh.
    default_args={**default_args(), "pool": MARTS},
    tags=["adsync", "marts"],
    params={
        "select": Param(
            None,
            type=["null", "string"],
            title="Select",
            description="Only these nodes, as dbt selects them: `orders`, `campaign_metrics+`. Empty: what changed.",
        ),
        "full_refresh": Param(
            default=False, type="boolean", title="Full refresh", description="Rebuilds from raw instead of adding."
        ),
        "force": Param(
            default=False, type="boolean", title="Force", description="Builds everything, also if nothing has changed."
        ),
    },
    doc_md=__doc__,
):
    built_from = dbt_build()
    built_from >> check_consistency() >> alerts(built_from) >> refresh_cache() >> complete()
