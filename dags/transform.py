"""Turns what has landed in raw into marts, alerts and the dashboard cache.

Runs when any source has synced, and every 15 minutes at the latest, because a sync that waits for a retry announces
nothing. It ends at once, green with every task skipped, when no raw row has changed since the last run and that run
is less than 40 minutes old.

**When a task is red**

- `dbt_build`: the message names the failed models or tests and the first error; dbt's whole output is in the log.
  Models that failed, and those behind them, keep their last good state, and so does the dashboard. The next run tries
  again by itself; a test that keeps failing wants a person.
- `check_consistency`: the warehouse does not answer. What the check finds is logged and never a failure.
- `alerts`, `refresh_cache`, `complete`: the warehouse or Redis does not answer, or a connection is missing: the
  message says which. Nothing is lost; the next run makes up for it.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from airflow.sdk import DAG, Asset, AssetAny, AssetOrTimeSchedule, CronDataIntervalTimetable, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from adsync import consistency, registry
from adsync.alerts.delivery import deliver
from adsync.alerts.episodes import update_episodes
from adsync.dashboard.cache import refresh
from adsync.dashboard.snapshot import snapshots
from adsync.freshness import build_due, raw_state, record_build
from adsync.hooks.cache import redis_url
from adsync.hooks.platform import now
from adsync.hooks.warehouse import warehouse_url
from adsync.operators.retry_policy import default_args
from adsync.transform import build, project
from adsync.warehouse import migrate

LOG = logging.getLogger(__name__)


@task
def dbt_build() -> str | None:
    """Build the marts; returns how far raw had settled before."""
    url = warehouse_url()
    migrate(url, registry.streams())
    raw = raw_state(url)
    if not build_due(url, raw, now()):
        raise AirflowSkipException("no raw row has changed since the last run")
    build(url, project())
    return raw.settled.isoformat() if raw.settled else None


@task
def check_consistency() -> None:
    """Say what looks wrong in the marts."""
    for line in consistency.summary_lines(warehouse_url()):
        LOG.warning(line)


@task
def alerts() -> dict[str, int]:
    """Open, carry on and close alerts, and tell people about what changed."""
    changes = update_episodes(warehouse_url())
    return {**changes.counts(), "delivered": deliver(warehouse_url())}


@task
def refresh_cache() -> int:
    """Replace the figures of every workspace in Redis."""
    return refresh(redis_url(), snapshots(warehouse_url()))


@task
def complete(settled: str | None) -> None:
    """Remember what these marts are made of."""
    run_id = get_current_context()["run_id"]
    record_build(warehouse_url(), run_id, datetime.fromisoformat(settled) if settled else None)


with DAG(
    dag_id="transform",
    description="marts, alerts and the dashboard cache",
    schedule=AssetOrTimeSchedule(
        timetable=CronDataIntervalTimetable("*/15 * * * *", timezone="UTC"),
        assets=AssetAny(*(Asset(f"raw_{source}") for source in registry.names())),
    ),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args=default_args(),
    tags=["adsync", "marts"],
    doc_md=__doc__,
):
    settled = dbt_build()
    settled >> check_consistency() >> alerts() >> refresh_cache() >> complete(settled)
