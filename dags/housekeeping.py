"""Daily maintenance: refreshes tokens, rotates encryption keys, clears stale leases, applies retention.

**When a task is red**

- `prepare`: a setting is invalid (the message names file and key) or the warehouse is unreachable.
- `renew_tokens`: the warehouse is unreachable. A failed token refresh does not fail the task: it is logged, and if
  reauthorization is required, a notice is sent as after a sync.
- `reseal`: `ADSYNC_TOKEN_KEY` lacks a key that stored secrets are encrypted with. Add that key again after the newest.
- `clear_leases`: the warehouse is unreachable. No other task depends on it.
- `forget`: an `ADSYNC_KEEP_...` setting is invalid (the message names it) or the warehouse is unreachable. Nothing was
  deleted. The log of a successful task shows the number of deleted rows.
- `analyze`: the warehouse is unreachable. No data is affected; planner statistics are not updated.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from airflow.sdk import DAG, CronDataIntervalTimetable, task

from adsync import settings
from adsync.airflow_support.notifier import admin_callbacks
from adsync.airflow_support.run_context import RUN_TYPES_WITHOUT_BACKFILL
from adsync.hooks.environment import environment
from adsync.hooks.warehouse import warehouse_url
from adsync.load import retention
from adsync.operators.deadline import deadline_after
from adsync.operators.retry_policy import default_args
from adsync.orchestration import housekeeping
from adsync.state import accounts


@task
def prepare() -> None:
    """Migrates the warehouse and loads workspaces.yaml."""
    accounts.prepare(warehouse_url())


@task(task_id="renew_tokens", multiple_outputs=False, **admin_callbacks())
def refresh_tokens() -> dict[str, int]:
    """Refreshes tokens that are old or expire soon, then delivers notices about accounts to reauthorize."""
    return asyncio.run(housekeeping.refresh_tokens(environment()))


@task(task_id="reseal")
def rotate_encryption() -> int:
    """Re-encrypts every stored secret with the newest key of ADSYNC_TOKEN_KEY."""
    return housekeeping.rotate_encryption(warehouse_url())


@task(task_id="clear_leases")
def clear_stale_leases() -> int:
    """Clears the leases of runs that ended without releasing them."""
    return housekeeping.clear_stale_leases(warehouse_url())


@task(task_id="forget", multiple_outputs=False)
def apply_retention() -> dict[str, int]:
    """Deletes rows older than ADSYNC_KEEP_RUNS, ADSYNC_KEEP_OBSERVATIONS and ADSYNC_KEEP_RAW."""
    return retention.delete_expired(warehouse_url(), settings.keep_days())


@task
def analyze() -> int:
    """Updates PostgreSQL's planner statistics."""
    return retention.analyze_tables(warehouse_url())


with DAG(
    dag_id="housekeeping",
    description="Daily maintenance: tokens, encryption keys, leases, retention, planner statistics",
    schedule=CronDataIntervalTimetable("20 3 * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    allowed_run_types=RUN_TYPES_WITHOUT_BACKFILL,
    deadline=deadline_after(6),
    default_args=default_args(),
    tags=["adsync"],
    doc_md=__doc__,
):
    prepared = prepare()
    prepared >> [refresh_tokens(), rotate_encryption(), clear_stale_leases()]
    prepared >> apply_retention() >> analyze()
