"""One built warehouse: tests that only read share it, others get a copy."""

from __future__ import annotations

import json
from collections.abc import Iterator

import palm_world
import psycopg
import pytest
import small_world as world
from dbt_process import copy_of, dbt
from psycopg.conninfo import conninfo_to_dict

from adsync import registry
from adsync.warehouse import migrations

AD_STREAMS, STORE_STREAMS = ("accounts", "campaigns", "campaign_metrics"), ("stores", "orders")


@pytest.fixture(scope="session", autouse=True)
def raw_tables(local_servers) -> None:
    """Creates the raw tables of every registered source, also those that stay empty."""
    streams = [(name, stream) for name in registry.ad_platforms() for stream in AD_STREAMS]
    streams += [(name, stream) for name in registry.stores() for stream in STORE_STREAMS]
    migrations.migrate(local_servers.database_url("adsync"), streams)


@pytest.fixture(scope="session")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("dbt")


@pytest.fixture(scope="session")
def built(local_servers, scratch) -> Iterator[str]:
    with copy_of(local_servers, "adsync", "built") as url:
        with psycopg.connect(url) as db:
            world.load(db)
            palm_world.load(db)
        dbt(url, scratch, "build")
        yield url


@pytest.fixture
def built_copy(built, local_servers) -> Iterator[str]:
    """A copy that a test may change."""
    with copy_of(local_servers, conninfo_to_dict(built)["dbname"], "built_copy") as url:
        yield url


@pytest.fixture(scope="session")
def manifest(local_servers, scratch) -> dict:
    dbt(local_servers.database_url("adsync"), scratch, "parse")
    return json.loads((scratch / "manifest.json").read_text())
