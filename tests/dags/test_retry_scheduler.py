"""The retry policy before a real scheduler: Airflow's own tables show the delays that the errors asked for."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import class_row, dict_row

from adsync.demo import airflow_processes, environment, files, keys, processes
from adsync.demo.place import Place

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 150.0
# Every wait of DESIGN's tree at a hundredth, an untold limit at a thousandth: (asked, the longest it may be with jitter).
DAG = """
from datetime import UTC, datetime

from airflow.sdk import DAG, task

from adsync.errors import PermanentError, RateLimited, TemporaryError, TokenExpired
from adsync.operators.retry_policy import SyncRetryPolicy

with DAG("retries", schedule="@once", start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False,
         default_args={"retries": 2, "retry_policy": SyncRetryPolicy(scale=0.01)}):

    @task(retries=1)
    def told_limit():
        raise RateLimited("slow down", 420)

    @task(retries=1, retry_policy=SyncRetryPolicy(scale=0.001))
    def untold_limit():
        raise RateLimited("slow down")

    @task
    def temporary():
        raise TemporaryError("away")

    @task(retries=1)
    def expired():
        raise TokenExpired("ended")

    @task
    def permanent():
        raise PermanentError("never")

    told_limit(), untold_limit(), temporary(), expired(), permanent()
"""
ASKED = {
    ("expired", 1): (3.0, 3.0),
    ("permanent", 1): None,
    ("temporary", 1): (1.2, 1.32),
    ("temporary", 2): (2.4, 2.64),
    ("told_limit", 1): (4.2, 4.2),
    ("untold_limit", 1): (3.6, 3.6),
}
TRIES = """
select task_id, try_number, state, start_date, end_date, retry_delay_override as asked
from task_instance_history where dag_id = 'retries'
union all
select task_id, try_number, state, start_date, end_date, retry_delay_override
from task_instance where dag_id = 'retries'
order by task_id, try_number
"""


@pytest.fixture
def tries(local_servers, tmp_path):
    """Every try of every task, when the run is over; scheduler, parser and API server run for this test alone."""
    name = "airflow_retries"
    with psycopg.connect(local_servers.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    place = Place(ROOT, files.make_state(tmp_path / "state"), os.environ)
    with contextlib.closing(running(place, local_servers, name)) as url:
        yield finished(next(url))
    with psycopg.connect(local_servers.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


def running(place, servers, name):
    own = keys.keys(place.state)
    variables = environment.airflow(place, servers, own, files.free_port())
    metadata = servers.database_url(name).replace("postgresql://", "postgresql+psycopg2://")
    dags = place.state / "dags"
    dags.mkdir()
    (dags / "retries.py").write_text(DAG)
    variables |= {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata,
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    }
    environment.write_login(place, own)
    airflow_processes.migrate(place, variables)
    started = [
        processes.spawn(name, [place.python, "-m", "airflow", *words], place.state, cwd=place.root, env=variables)
        for name, words in airflow_processes.COMPONENTS.items()
        if name != "triggerer"
    ]
    try:
        yield servers.database_url(name)
    finally:
        processes.stop(started)


def finished(url):
    deadline = time.time() + PATIENCE
    while not states(url) or not set(states(url)) <= {"failed", "success"}:
        assert time.time() < deadline, states(url)
        time.sleep(0.5)
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(TRIES).fetchall()


def states(url):
    with psycopg.connect(url, row_factory=class_row(tuple)) as connection:
        cursor = connection.cursor(row_factory=psycopg.rows.tuple_row)
        return [state for (state,) in cursor.execute("select state from dag_run where dag_id = 'retries'")]


def test_every_next_try_comes_when_its_error_asked_for_it(tries):
    found = {(one["task_id"], one["try_number"]): one for one in tries}
    assert set(found) == {(task, number) for task, tries in RUNS.items() for number in range(1, tries + 1)}
    for (task, number), asked in ASKED.items():
        this, following = found[task, number], found.get((task, number + 1))
        if asked is None:
            assert (this["state"], this["asked"], following) == ("failed", None, None)
            continue
        shortest, longest = asked
        assert shortest <= this["asked"] <= longest, (task, number)
        waited = (following["start_date"] - this["end_date"]).total_seconds()
        assert shortest <= waited, (task, number, waited)


RUNS = {"expired": 2, "permanent": 1, "temporary": 3, "told_limit": 2, "untold_limit": 2}
