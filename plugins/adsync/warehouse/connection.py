"""Opens connections to the warehouse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict

from adsync.errors import ConfigError, TemporaryError

CONNECT_TIMEOUT = 10


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


def _unreachable(url: str, error: Exception) -> str:
    at = conninfo_to_dict(url)
    place = f"{at.get('host', 'localhost')}:{at.get('port', 5432)}/{at.get('dbname', '')}"
    return f"the warehouse {place} does not answer: {str(error).splitlines()[0]}"


def _no_url() -> ConfigError:
    return ConfigError("the warehouse's URL cannot be read: write it as postgresql://user:password@host:5432/database")
