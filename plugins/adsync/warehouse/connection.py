"""Connections to the warehouse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict

from adsync.errors import ConfigError, TemporaryError

CONNECT_TIMEOUT = 10


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """Opens an asynchronous connection; commits at the end, rolls back after an error.

    It is closed even if its task is cancelled meanwhile: psycopg alone would leave it open, with its locks. Raises
    TemporaryError if the server is unreachable, ConfigError if the URL is invalid.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(url, connect_timeout=CONNECT_TIMEOUT)
    except psycopg.OperationalError as error:
        raise TemporaryError(_unreachable(url, error)) from error
    except psycopg.ProgrammingError as error:
        raise _invalid_url() from error
    try:
        async with connection:
            yield connection
    finally:
        await connection.close()


def connect_now(url: str) -> psycopg.Connection:
    """Opens a synchronous connection; raises the same errors."""
    try:
        return psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT)
    except psycopg.OperationalError as error:
        raise TemporaryError(_unreachable(url, error)) from error
    except psycopg.ProgrammingError as error:
        raise _invalid_url() from error


def _unreachable(url: str, error: Exception) -> str:
    at = conninfo_to_dict(url)
    place = f"{at.get('host', 'localhost')}:{at.get('port', 5432)}/{at.get('dbname', '')}"
    return f"warehouse {place} is unreachable: {str(error).splitlines()[0]}"


def _invalid_url() -> ConfigError:
    return ConfigError("invalid warehouse URL (expected postgresql://user:password@host:5432/database)")
