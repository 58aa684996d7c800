"""Real PostgreSQL and Redis, started once per run; every test that asks gets a fresh, migrated database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
import redis
from xdist.scheduler import LoadFileScheduling

from adsync import registry
from adsync.warehouse import migrations
from adsync_demo.services import servers
from mortal import ending_with_this_process

NUMBERS = count(1)
# What shares a world that takes a minute to make is one worker's.
PAGE, BUILT = ("tests/browser/", "tests/dashboard/web/"), "tests/dbt/"
# What takes minutes, the longest first.
LONGEST = (
    "tests/dbt/test_random_batches.py",
    BUILT,
    "tests/test_pipeline.py",
    PAGE,
    "tests/transform/test_dbt_runner.py",
)

pytest_plugins = ["airflow_home", "page_world"]


class ByWorld(LoadFileScheduling):
    """Gives a worker a file at a time, or all that stands at one place of LONGEST."""

    def _split_scope(self, nodeid: str) -> str:
        place = rank(nodeid)
        return super()._split_scope(nodeid) if place == len(LONGEST) else str(place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByWorld:
    return ByWorld(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no worker is left alone with one of them at the end."""
    items.sort(key=lambda item: rank(item.nodeid))


def rank(nodeid: str) -> int:
    """Its place in LONGEST; whatever is not there comes after."""
    return next((place for place, start in enumerate(LONGEST) if nodeid.startswith(start)), len(LONGEST))


@pytest.fixture(scope="session")
def local_servers() -> Iterator[servers.Servers]:
    state = Path(tempfile.mkdtemp(prefix="adsync-test-"))
    with ending_with_this_process(state):
        running = servers.start(state, durable=False)
        migrations.migrate(running.database_url("adsync"), registry.streams())
        yield running


@pytest.fixture
def warehouse_url(local_servers: servers.Servers) -> Iterator[str]:
    name = f"test_{next(NUMBERS)}"
    with psycopg.connect(local_servers.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template adsync strategy file_copy")
        yield local_servers.database_url(name)
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def redis_url(local_servers: servers.Servers) -> str:
    redis.Redis.from_url(local_servers.redis_url).flushdb()
    return local_servers.redis_url
