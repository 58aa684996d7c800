"""Retries with a real scheduler: the error decides their time, and until then `status` names the waiting account."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import httpx
import psycopg
import pytest
from dbt_process import copy_of
from psycopg.rows import dict_row

import sandbox_fixtures
from adsync.status.accounts import list_accounts
from adsync_demo.airflow_runtime import airflow_processes, environment, keys, rest
from adsync_demo.paths import DemoPaths
from adsync_demo.services import files, processes
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.server import files as sandbox_files
from polling import eventually

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 150.0
# Delays are scaled to a hundredth; that of a rate limit without a stated wait to a thousandth.
DAG = """
from datetime import UTC, datetime

from airflow.sdk import DAG, task

from adsync.errors import PermanentError, RateLimited, TemporaryError, TokenExpired
from adsync.operators.retry_policy import SyncRetryPolicy

with DAG("retries", schedule="@once", start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False,
         default_args={"retries": 2, "retry_policy": SyncRetryPolicy(scale=0.01)}):

    @task(retries=1)
    def stated_limit():
        raise RateLimited("slow down", 420)

    @task(retries=1, retry_policy=SyncRetryPolicy(scale=0.001))
    def unstated_limit():
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

    stated_limit(), unstated_limit(), temporary(), expired(), permanent()
"""
LIMITED = """
from datetime import UTC, datetime

from airflow.sdk import DAG

from adsync.operators.retry_policy import SyncRetryPolicy
from adsync.operators.sync import GRID_LABEL, SyncOperator

with DAG("limited", schedule="@once", start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False,
         default_args={"retries": 2, "retry_policy": SyncRetryPolicy()}):
    SyncOperator.partial(task_id="sync", source="meta", map_index_template=GRID_LABEL).expand_kwargs(
        [{"shard": ["901234567890"], "title": "Acme Meta"}])
"""
DELAYS = {
    ("expired", 1): (3.0, 3.0),
    ("permanent", 1): None,
    ("temporary", 1): (1.2, 1.32),
    ("temporary", 2): (2.4, 2.64),
    ("stated_limit", 1): (4.2, 4.2),
    ("unstated_limit", 1): (3.6, 3.6),
}
RUNS = {"expired": 2, "permanent": 1, "temporary": 3, "stated_limit": 2, "unstated_limit": 2}
OVER = "select from dag_run where dag_id = 'retries' and state in ('failed', 'success')"
TRIES = """
select task_id, try_number, state, start_date, end_date, retry_delay_override as delay
from task_instance_history where dag_id = 'retries'
union all
select task_id, try_number, state, start_date, end_date, retry_delay_override
from task_instance where dag_id = 'retries'
order by task_id, try_number
"""


@pytest.fixture(scope="module")
def airflow(local_servers, tmp_path_factory):
    """Scheduler, DAG processor and API server with the two DAGs; Meta's rate limit asks for ten minutes."""
    place = DemoPaths(ROOT, files.make_state(tmp_path_factory.mktemp("retries") / "state"), os.environ)
    limit = Fault("meta", "rate_limited", wait=600)
    with (
        copy_of(local_servers, "adsync", "limited") as warehouse,
        database(local_servers, "airflow_retries") as metadata,
        sandbox_fixtures.served([limit]) as base,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("ADSYNC_TOKEN_KEY", keys.keys(place.state).tokens)
        sandbox_fixtures.link(warehouse, "901234567890")
        own = {"AIRFLOW_CONN_ADSYNC_WAREHOUSE": warehouse}
        own |= environment.platforms(sandbox_files.connections(sandbox_fixtures.world(), base))
        with running(local_servers, place, metadata, own) as client:
            yield Airflow(metadata, warehouse, client)


class Airflow(NamedTuple):
    """URLs of the metadata database and the warehouse, and a client that is logged in."""

    metadata: str
    warehouse: str
    client: httpx.Client


@contextmanager
def database(servers, name):
    with psycopg.connect(servers.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
        yield servers.database_url(name)
        connection.execute(f"drop database {name} with (force)")


@contextmanager
def running(servers, place, metadata, variables):
    (place.state / "dags").mkdir()
    (place.state / "dags" / "retries.py").write_text(DAG)
    (place.state / "dags" / "limited.py").write_text(LIMITED)
    own, port = keys.keys(place.state), files.free_port()
    environment.write_login(place, own)
    variables = environment.airflow(place, servers, own, port) | variables
    variables |= {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata.replace("://", "+psycopg2://", 1),
        "AIRFLOW__CORE__DAGS_FOLDER": str(place.state / "dags"),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    }
    airflow_processes.migrate(place, variables)
    started = []

    def start(*names):
        for name in names:
            words = [place.python, "-m", "airflow", *airflow_processes.COMPONENTS[name]]
            started.append(processes.spawn(name, words, place.state, cwd=place.root, env=variables))

    try:
        with rest.open_client(f"http://{files.HOST}:{port}") as client:
            # The API server starts first: a task that cannot reach it would fail and use up a try.
            start("api-server")
            until(lambda: not silent(client), "the API server answers")
            rest.log_in(client, environment.USER, own.password)
            start("scheduler", "dag-processor")
            yield client
    finally:
        processes.stop(started, grace=3)


def silent(client):
    try:
        return client.get("/api/v2/version").is_error
    except httpx.HTTPError:
        return True


def until(found, what):
    return eventually(found, what, seconds=PATIENCE, pause=0.5)


@pytest.fixture
def tries(airflow):
    """Every try of every task, after the end of the run."""
    with psycopg.connect(airflow.metadata, autocommit=True, row_factory=dict_row) as connection:
        until(lambda: connection.execute(OVER).fetchall(), "the run ends")
        return connection.execute(TRIES).fetchall()


def test_every_retry_starts_when_its_error_delay_for_it(tries):
    found = {(one["task_id"], one["try_number"]): one for one in tries}
    assert set(found) == {(task, number) for task, count in RUNS.items() for number in range(1, count + 1)}
    for (task, number), delay in DELAYS.items():
        this, following = found[task, number], found.get((task, number + 1))
        if delay is None:
            assert (this["state"], this["delay"], following) == ("failed", None, None)
            continue
        shortest, longest = delay
        assert shortest <= this["delay"] <= longest, (task, number)
        waited = (following["start_date"] - this["end_date"]).total_seconds()
        assert shortest <= waited, (task, number, waited)


def test_while_a_task_is_up_for_retry_the_status_has_account_reason_and_next_try(airflow):
    """Airflow's grid has only the number of such a task."""

    def waiting():
        # Asks for all DAGs, because this one may not have been parsed yet.
        answer = airflow.client.get("/api/v2/dags/~/dagRuns/~/taskInstances", params={"state": "up_for_retry"})
        return [one for one in answer.raise_for_status().json()["task_instances"] if one["dag_id"] == "limited"]

    [task] = until(waiting, "the task is up for retry")
    [account] = list_accounts(airflow.warehouse)
    assert (account.native_id, account.status, account.error_class) == ("901234567890", "retrying", "RateLimited")
    assert timedelta(minutes=9) < account.next_try - datetime.fromisoformat(task["end_date"]) < timedelta(minutes=11)
