"""Builds the marts from the raw tables, then updates alerts and the dashboard cache.

Runs after any source has synced, and at least every 15 minutes, because a sync that waits for a retry updates no
asset. If neither a raw row nor the dbt project has changed since the last run, and that run is less than 40 minutes
old, all tasks are skipped. A changed model is rebuilt from raw, with everything that reads it. The first run of a day
(UTC) also runs the tests that read all of history.

**The trigger form** builds on request: *Select* builds only these nodes (`campaign_metrics+` with everything that reads
it), *Full refresh* rebuilds from raw, *Force* builds everything even if nothing has changed.

**When a task is red**

- `dbt_build`: the message names the failed models or tests and the first error; the log has dbt's whole output. Failed
  models and those that read them keep their last successful state, and so does the dashboard. The next run builds them
  again. A test that keeps failing needs investigation.
- `check_consistency`: the warehouse is unreachable. Issues that the check finds are logged and do not fail the task.
- `alerts`, `refresh_cache`, `complete`: the warehouse or Redis is unreachable, or a connection is missing (the message
  names it). No data is lost; the next run catches up.
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
    """Returns the build that the form requests; a cleared text field is None."""
    select, full_refresh, force = (params["select"] or "").split(), params["full_refresh"], params["force"]
    return BuildRequest(tuple(select), full_refresh=full_refresh, force=force, nightly=nightly)


@task
def check_consistency() -> int:
    """Logs the consistency issues of the marts; returns how many."""
    return log_issues(warehouse_url())


@task(multiple_outputs=False)
def alerts(built_from: dict[str, datetime]) -> dict[str, int]:
    """Opens, updates and closes alerts, and delivers what changed; returns how many of each."""
    changes = update_episodes(warehouse_url(), built_from["seen_at"])
    return {**changes.counts(), "delivered": deliver(warehouse_url(), open_channel)}


@task
def refresh_cache() -> int:
    """Replaces the cached metrics of every workspace in Redis; returns how many workspaces."""
    return refresh(redis_url(), snapshots(warehouse_url()))


@task(outlets=[assets.marts()])
def complete() -> None:
    """Records that alerts and the dashboard cache follow the build."""
    finish_run(warehouse_url(), get_current_context()["run_id"])


with DAG(
    dag_id="transform",
    description="Builds marts, alerts and the dashboard cache",
    schedule=AssetOrTimeSchedule(
        timetable=CronDataIntervalTimetable("*/15 * * * *", timezone="UTC"),
        assets=AssetAny(*(assets.raw(source) for source in registry.names())),
    ),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    allowed_run_types=RUN_TYPES_WITHOUT_BACKFILL,
    # The dashboard cache expires after an hour.
    deadline=deadline_after(1),
    # The pool still allows one dbt build, delivery and refresh at a time if `max_active_runs` is raised.
    default_args={**default_args(), "pool": MARTS},
    tags=["adsync", "marts"],
    params={
        "select": Param(
            None,
            type=["null", "string"],
            title="Select",
            description="dbt selection, for example `orders` or `campaign_metrics+`. Empty: what has changed.",
        ),
        "full_refresh": Param(
            default=False, type="boolean", title="Full refresh", description="Rebuilds the selected nodes from raw."
        ),
        "force": Param(
            default=False, type="boolean", title="Force", description="Builds everything, even if nothing has changed."
        ),
    },
    doc_md=__doc__,
):
    built_from = dbt_build()
    built_from >> check_consistency() >> alerts(built_from) >> refresh_cache() >> complete()
