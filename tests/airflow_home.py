"""A pytest plugin: an Airflow home of this run's own, with its metadata on the test server.

Airflow reads its environment when it is first imported, which is before any fixture runs; so the environment is set
when pytest starts, and the database, whose server is started later, is put in place by the fixture `airflow_metadata`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adsync.demo import servers

ROOT = Path(__file__).resolve().parents[1]


def pytest_configure() -> None:
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
def airflow_metadata(local_servers: servers.Servers) -> Iterator[None]:
    """Airflow's own tables, migrated, in the test server's database `airflow`."""
    from airflow import settings
    from airflow.utils.db import initdb

    os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = local_servers.database_url("airflow").replace(
        "postgresql://", "postgresql+psycopg://"
    )
    settings.dispose_orm()
    settings.configure_vars()
    settings.configure_orm()
    initdb()
    yield
    settings.dispose_orm()
