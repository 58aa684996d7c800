import asyncio
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from adsync.cli.app import CONFIGURATION_ERROR, main
from adsync.errors import ConfigError, TemporaryError
from adsync.warehouse import migrations
from adsync.warehouse.connection import check_server, connect


def test_migrations_may_run_twice_and_at_once(warehouse_url):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("drop schema adsync cascade")
        connection.execute("drop schema raw cascade")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: migrations.migrate(warehouse_url, [("meta", "campaigns")]), range(8)))
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select count(*) from raw.meta_campaigns").fetchone() == (0,)
        assert connection.execute("select count(*) from adsync.migrations").fetchone() >= (1,)


async def test_an_unreachable_warehouse_is_named_without_its_password():
    with pytest.raises(TemporaryError, match=r"127\.0\.0\.1:1/adsync is unreachable") as caught:
        async with connect("postgresql://adsync:hidden@127.0.0.1:1/adsync"):
            pass
    assert "hidden" not in str(caught.value)


class ServerInfo:
    """What a server says of itself when a connection opens."""

    host, port, dbname = "db.example", 5432, "adsync"

    def __init__(self, version, encoding):
        self.server_version, self.encoding = version, encoding

    def parameter_status(self, name):
        return {"server_encoding": self.encoding}.get(name)


@pytest.mark.parametrize(
    ("version", "encoding", "sentence"),
    [
        (150_004, "UTF8", r"^warehouse db\.example:5432/adsync is PostgreSQL 15\.4 \(expected 16 or later\): upgrade"),
        (
            160_000,
            "LATIN1",
            r"has the encoding LATIN1 \(expected UTF8\): create the database with `create database adsync",
        ),
        (180_000, "SQL_ASCII", r"has the encoding SQL_ASCII"),
    ],
)
def test_an_unsuitable_server_is_refused_with_one_sentence(version, encoding, sentence):
    with pytest.raises(ConfigError, match=sentence):
        check_server(ServerInfo(version, encoding))


@pytest.mark.parametrize(("version", "encoding"), [(160_000, "UTF8"), (180_001, "UTF8"), (170_002, None)])
def test_a_suitable_server_is_accepted(version, encoding):
    check_server(ServerInfo(version, encoding))


@pytest.fixture
def ascii_url(warehouse_url):
    """A database that is not in UTF8, beside the one of the test."""
    name = f"{conninfo_to_dict(warehouse_url)['dbname']}_ascii"
    with psycopg.connect(warehouse_url, autocommit=True) as connection:
        connection.execute(
            f"create database {name} encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0"
        )
        yield make_conninfo(warehouse_url, dbname=name)
        connection.execute(f"drop database {name} with (force)")


async def test_a_database_that_is_not_in_utf8_is_refused_before_anything_is_created(ascii_url, monkeypatch, capsys):
    with pytest.raises(ConfigError, match="has the encoding SQL_ASCII"):
        migrations.migrate(ascii_url, [("meta", "campaigns")])
    with pytest.raises(ConfigError, match="has the encoding SQL_ASCII"):
        async with connect(ascii_url):
            pass
    monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", ascii_url)
    assert main(["status"]) == CONFIGURATION_ERROR
    assert "(expected UTF8): create the database with" in capsys.readouterr().err
    with psycopg.connect(ascii_url) as connection:
        assert connection.execute("select count(*) from pg_namespace where nspname = 'adsync'").fetchone() == (0,)


async def test_a_task_cancelled_while_closing_its_connection_holds_no_lock(warehouse_url):
    locked = asyncio.Event()

    async def holding():
        async with connect(warehouse_url) as connection:
            await connection.execute("lock table raw.meta_campaigns")
            locked.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(holding())
    await locked.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("lock table raw.meta_campaigns nowait")
