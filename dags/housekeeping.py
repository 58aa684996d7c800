"""Keeps the accounts in order while nobody looks, once a day.

**When a task is red**

- `prepare`: the message names the file and key of a wrong setting, or says that the warehouse does not answer.
- `renew_tokens`: the warehouse does not answer. A token that could not be renewed is a line in the log and no failure;
  one that only a person can replace is a notice, as after a sync.
- `reseal`: `ADSYNC_TOKEN_KEY` lacks a key that sealed something: add it to the list again, behind the newest.
- `clear_leases`: the warehouse does not answer. Nothing depends on it.
- `forget`: the message names a wrong `ADSYNC_KEEP_...`, or the warehouse does not answer. Nothing was removed. Its log
  says how many rows were.
- `analyze`: the warehouse does not answer. Queries are as fast as yesterday.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from airflow.sdk import DAG, CronDataIntervalTimetable, task

from adsync import settings
from adsync.airflow_support.notifier import tell_admins
from adsync.airflow_support.run_types import ALL_BUT_BACKFILL
from adsync.hooks.environment import environment
from adsync.hooks.warehouse import warehouse_url
from adsync.load import retention
from adsync.operators.deadline import deadline_after
from adsync.operators.retry_policy import default_args
from adsync.orchestration import housekeeping
from adsync.state import accounts


@task
def prepare() -> None:
    """Migrate, and take over workspaces.yaml."""
    accounts.prepare(warehouse_url())


@task(multiple_outputs=False, **tell_admins())
def renew_tokens() -> dict[str, int]:
    """Renew tokens that are old or will end soon; then say who needs a person."""
    return asyncio.run(housekeeping.renew_tokens(environment()))


@task
def reseal() -> int:
    """Put every stored secret under the newest key of ADSYNC_TOKEN_KEY."""
    return housekeeping.reseal(warehouse_url())


@task
def clear_leases() -> int:
    """Forget the leases of runs that are gone."""
    return housekeeping.clear_leases(warehouse_url())


@task(multiple_outputs=False)
def forget() -> dict[str, int]:
    """Remove what is older than ADSYNC_KEEP_RUNS, ADSYNC_KEEP_OBSERVATIONS and ADSYNC_KEEP_RAW say."""
    return retention.forget(warehouse_url(), settings.keep_days())


@task
def analyze() -> int:
    """Let PostgreSQL plan by what is stored by now."""
    return retention.analyze(warehouse_url())


with DAG(
    dag_id="housekeeping",
    description="tokens renewed, secrets under the newest key, dead leases cleared, old rows forgotten",
    schedule=CronDataIntervalTimetable("20 3 * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    allowed_run_types=ALL_BUT_BACKFILL,
    deadline=deadline_after(6),
    default_args=default_args(),
    tags=["adsync"],
    doc_md=__doc__,
):
    prepared = prepare()
    prepared >> [renew_tokens(), reseal(), clear_leases()]
    prepared >> forget() >> analyze()
