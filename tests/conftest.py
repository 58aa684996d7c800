"""Real PostgreSQL and Redis, started once per worker; each test that asks gets a fresh, migrated database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
import redis
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from adsync import registry
from adsync.warehouse import migrations
from adsync_demo.services import servers
from server_guard import stop_servers_on_exit

NUMBERS = count(1)
# Path prefixes whose tests take minutes, the longest first. Tests of one entry share session fixtures that are
# expensive to build, so they run on one worker; all others are distributed by file.
GROUPS = (
    ("random_batches", ("tests/dbt/test_random_batches.py",)),
    ("analysts_hour", ("tests/dbt/test_analysts_hour.py",)),
    ("dbt", ("tests/dbt/",)),
    ("pipeline", ("tests/test_pipeline.py",)),
    ("page", ("tests/browser/", "tests/dashboard/web/")),
    ("dbt_runner", ("tests/transform/test_dbt_runner.py",)),
)

pytest_plugins = ["airflow_home", "page_world"]


class GroupScheduling(LoadScopeScheduling):
    """Distributes whole groups, which `--dist loadgroup` fails to do with pytest 9.2 (pytest-dev/pytest-xdist#1386)."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> GroupScheduling:
    return GroupScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Moves the longest groups first, so that none of them runs alone at the end."""
    ranks = {name: rank for rank, (name, _) in enumerate(GROUPS)}
    items.sort(key=lambda item: ranks.get(group_of(item.nodeid), len(GROUPS)))


def group_of(nodeid: str) -> str:
    """Returns the first entry of GROUPS that the test's path starts with, else its file."""
    found = (name for name, prefixes in GROUPS if nodeid.startswith(prefixes))
    return next(found, nodeid.partition("::")[0])


@pytest.fixture(scope="session")
def local_servers() -> Iterator[servers.Servers]:
    state = Path(tempfile.mkdtemp(prefix="adsync-test-"))
    with stop_servers_on_exit(state):
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
