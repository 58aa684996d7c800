"""Connections to the warehouse, and the numbered migrations that shape its operational schema.

Migrations run in one transaction under an advisory lock: two processes may start them at once.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from importlib import resources

import psycopg
from psycopg.conninfo import conninfo_to_dict

from adsync.errors import ConfigError, TemporaryError

CONNECT_TIMEOUT = 10
MIGRATION_LOCK = 5_236_874_101
MIGRATION_NAME = re.compile(r"^\d{4}_\w+\.sql$")


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """An asynchronous connection whose transaction is committed at the end, or rolled back after an error.

    It is closed even when its task is cancelled in the middle of that: psycopg alone would leave it open, with its
    locks. Raises TemporaryError when the server cannot be reached, ConfigError for no URL.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(url, connect_timeout=CONNECT_TIMEOUT)
    except psycopg.OperationalError as error:
        raise TemporaryError(_unreachable(url, error)) from error
    except psycopg.ProgrammingError as error:
        raise _no_url() from error
    try:
        async with connection:
            yield connection
    finally:
        await connection.close()


def connect_now(url: str) -> psycopg.Connection:
    """A connection for code that is not asynchronous; the same errors."""
    try:
        return psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT)
    except psycopg.OperationalError as error:
        raise TemporaryError(_unreachable(url, error)) from error
    except psycopg.ProgrammingError as error:
        raise _no_url() from error


def migrate(url: str, streams: Iterable[tuple[str, str]] = ()) -> None:
    """Bring the schema up to date and make sure that the raw table of every (source, stream) exists."""
    with connect_now(url) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
        done = _applied(connection)
        for name, text in _migrations():
            if name not in done:
                connection.execute(text.encode())
                connection.execute("insert into adsync.migrations (name) values (%s)", (name,))
        for source, stream in streams:
            connection.execute("select raw.ensure_table(%s, %s)", (source, stream))


def _applied(connection: psycopg.Connection) -> set[str]:
    connection.execute("create schema if not exists adsync")
    connection.execute(
        "create table if not exists adsync.migrations"
        " (name text primary key, applied_at timestamptz not null default now())"
    )
    return {name for (name,) in connection.execute("select name from adsync.migrations")}


def _migrations() -> list[tuple[str, str]]:
    folder = resources.files("adsync") / "migrations"
    files = sorted((entry for entry in folder.iterdir() if MIGRATION_NAME.match(entry.name)), key=lambda e: e.name)
    return [(entry.name, entry.read_text(encoding="utf-8")) for entry in files]


def _unreachable(url: str, error: Exception) -> str:
    at = conninfo_to_dict(url)
    place = f"{at.get('host', 'localhost')}:{at.get('port', 5432)}/{at.get('dbname', '')}"
    return f"the warehouse {place} does not answer: {str(error).splitlines()[0]}"


def _no_url() -> ConfigError:
    return ConfigError("the warehouse's URL cannot be read: write it as postgresql://user:password@host:5432/database")
