"""The retry policy before a real scheduler: Airflow's own tables show the delays that the errors asked for."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from adsync.demo import airflow_processes, environment, files, keys, processes
from adsync.demo.place import Place

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 150.0
# Every wait at a hundredth of its length, that of an untold limit at a thousandth.
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
RUNS = {"expired": 2, "permanent": 1, "temporary": 3, "told_limit": 2, "untold_limit": 2}
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
    database = "airflow_retries"
    with psycopg.connect(local_servers.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f"create database {database}")
        with airflow(local_servers, Place(ROOT, files.make_state(tmp_path / "state"), os.environ), database):
            yield finished(local_servers.database_url(database))
        connection.execute(f"drop database {database} with (force)")


@contextmanager
def airflow(servers, place, database):
    (place.state / "dags").mkdir()
    (place.state / "dags" / "retries.py").write_text(DAG)
    own = keys.keys(place.state)
    environment.write_login(place, own)
    variables = environment.airflow(place, servers, own, files.free_port()) | {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": servers.database_url(database).replace("://", "+psycopg2://", 1),
        "AIRFLOW__CORE__DAGS_FOLDER": str(place.state / "dags"),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    }
    airflow_processes.migrate(place, variables)
    started = [
        processes.spawn(name, [place.python, "-m", "airflow", *words], place.state, cwd=place.root, env=variables)
        for name, words in airflow_processes.COMPONENTS.items()
        if name != "triggerer"
    ]
    try:
        yield
    finally:
        processes.stop(started, grace=3)


def finished(url):
    deadline = time.time() + PATIENCE
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        while not connection.execute("select from dag_run where state in ('failed', 'success')").fetchall():
            assert time.time() < deadline, connection.execute(TRIES).fetchall()
            time.sleep(0.5)
        return connection.execute(TRIES).fetchall()


def test_every_next_try_comes_when_its_error_asked_for_it(tries):
    found = {(one["task_id"], one["try_number"]): one for one in tries}
    assert set(found) == {(task, number) for task, count in RUNS.items() for number in range(1, count + 1)}
    for (task, number), asked in ASKED.items():
        this, following = found[task, number], found.get((task, number + 1))
        if asked is None:
            assert (this["state"], this["asked"], following) == ("failed", None, None)
            continue
        shortest, longest = asked
        assert shortest <= this["asked"] <= longest, (task, number)
        waited = (following["start_date"] - this["end_date"]).total_seconds()
        assert shortest <= waited, (task, number, waited)
