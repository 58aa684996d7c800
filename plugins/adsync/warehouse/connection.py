"""Connections to the warehouse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict

from adsync.errors import ConfigError, TemporaryError

CONNECT_TIMEOUT = 10
# As libpq numbers versions: 160004 is 16.4.
VERSION_UNIT = 10_000
MIN_VERSION = 16 * VERSION_UNIT
ENCODING = "UTF8"


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """Opens an asynchronous connection; commits at the end, rolls back after an error.

    It is closed even if its task is cancelled meanwhile: psycopg alone would leave it open, with its locks. Raises
    TemporaryError if the server is unreachable, ConfigError if the URL is invalid or the server unsuitable.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(url, connect_timeout=CONNECT_TIMEOUT)
    except psycopg.OperationalError as error:
        raise TemporaryError(_unreachable(url, error)) from error
    except psycopg.ProgrammingError as error:
        raise _invalid_url() from error
    try:
        check_server(connection.info)
        async with connection:
            yield connection
    finally:
        await connection.close()


def connect_now(url: str) -> psycopg.Connection:
    """Opens a synchronous connection; raises the same errors."""
    try:
        connection = psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT)
    except psycopg.OperationalError as error:
        raise TemporaryError(_unreachable(url, error)) from error
    except psycopg.ProgrammingError as error:
        raise _invalid_url() from error
    try:
        check_server(connection.info)
    except ConfigError:
        connection.close()
        raise
    return connection


def check_url(url: str) -> None:
    """Raises ConfigError if libpq cannot read the URL; connects to nothing."""
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise _invalid_url() from error


def check_server(info: psycopg.ConnectionInfo) -> None:
    """Raises ConfigError for a server that is too old, or a database that is not in UTF8.

    The server says both when a connection opens, so that this costs no query.
    """
    place = f"{info.host or 'localhost'}:{info.port}/{info.dbname}"
    if info.server_version < MIN_VERSION:
        version = f"{info.server_version // VERSION_UNIT}.{info.server_version % VERSION_UNIT}"
        raise ConfigError(
            f"warehouse {place} is PostgreSQL {version} (expected {MIN_VERSION // VERSION_UNIT} or later): upgrade the "
            "server"
        )
    encoding = info.parameter_status("server_encoding")
    if encoding not in {None, ENCODING}:
        raise ConfigError(
            f"warehouse {place} has the encoding {encoding} (expected {ENCODING}): create the database with "
            f"`create database {info.dbname} encoding '{ENCODING}' template template0`"
        )


def _unreachable(url: str, error: Exception) -> str:
    at = conninfo_to_dict(url)
    place = f"{at.get('host', 'localhost')}:{at.get('port', 5432)}/{at.get('dbname', '')}"
    return f"warehouse {place} is unreachable: {str(error).splitlines()[0]}"


def _invalid_url() -> ConfigError:
    return ConfigError(
        "invalid warehouse URL (expected postgresql://user:password@host:5432/database with special characters "
        "percent-encoded, or libpq's key=value pairs)"
    )
