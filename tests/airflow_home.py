"""Pytest plugin: an Airflow home for each test run, with its metadata database on the test server.

Airflow reads its environment at its first import, before any fixture runs. So the environment is set when pytest
starts, and the fixture `airflow_metadata` sets the database, whose server starts later.
"""

# Airflow is imported only after `pytest_configure`, and only for tests that use it.
# ruff: noqa: PLC0415

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adsync.airflow_support import pools
from adsync_demo.services import servers

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from airflow.sdk import DAG
    from sqlalchemy.orm import Session

Sessions = Callable[[], AbstractContextManager["Session"]]
ROOT = Path(__file__).resolve().parents[1]
# `DAG.test` runs tasks through Airflow's API server in this process, whose imports and routes emit this warning.
AIRFLOW_WARNINGS = ("ignore:Using `httpx` with `starlette.testclient` is deprecated",)


def pytest_configure(config: pytest.Config) -> None:
    for line in AIRFLOW_WARNINGS:
        config.addinivalue_line("filterwarnings", line)
    home = Path(tempfile.mkdtemp(prefix="adsync-airflow-"))
    os.environ |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/unused.db",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ["AIRFLOW_HOME"], ignore_errors=True)


@pytest.fixture(scope="session")
def airflow_metadata(local_servers: servers.Servers) -> Iterator[Sessions]:
    """Migrates Airflow's tables in the test server's database `airflow`; yields a function that opens a session."""
    from airflow import settings
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb
    from airflow.utils.session import create_session

    os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = local_servers.database_url("airflow").replace(
        "postgresql://", "postgresql+psycopg://"
    )
    settings.dispose_orm()
    settings.configure_vars()
    settings.configure_orm()
    initdb()
    Pool.create_or_update_pool(pools.MARTS, pools.SLOTS, pools.DESCRIPTION, include_deferred=False)
    with pytest.MonkeyPatch.context() as patch:
        _ignore_deadlines(patch)
        yield create_session
    settings.dispose_orm()


def _ignore_deadlines(patch: pytest.MonkeyPatch) -> None:
    """Removes deadlines: in Airflow 3.3.2 `DAG.test` cannot end a successful run with one (apache/airflow#73428)."""
    from airflow.sdk import DAG

    test = DAG.test

    def without(dag: DAG, **how: object) -> DagRun:
        dag.deadline = []
        return test(dag, **how)

    patch.setattr(DAG, "test", without)


@pytest.fixture
def run_dag(airflow_metadata: Sessions) -> Callable[[DAG], DagRun]:
    """Runs a DAG defined by a test in this process; connections come from the environment."""
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.serialization.serialized_objects import LazyDeserializedDAG

    def run(dag: DAG) -> DagRun:
        with airflow_metadata() as session:
            session.merge(DagBundleModel(name="tests"))
            session.flush()
            written = LazyDeserializedDAG.from_dag(dag)
            SerializedDAG.bulk_write_to_db("tests", None, [written], session=session)
            SerializedDagModel.write_dag(written, bundle_name="tests", session=session)
        return dag.test()

    return run
