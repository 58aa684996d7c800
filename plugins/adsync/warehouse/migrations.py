"""Applies the numbered SQL files of `warehouse/migrations/`, in one transaction under an advisory lock.

Two processes may start them at once: the second waits and finds nothing to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources

import psycopg

from adsync.warehouse.connection import connect_now

MIGRATION_LOCK = 5_236_874_101
MIGRATION_NAME = re.compile(r"^\d{4}_\w+\.sql$")


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
    folder = resources.files("adsync.warehouse") / "migrations"
    files = sorted((entry for entry in folder.iterdir() if MIGRATION_NAME.match(entry.name)), key=lambda e: e.name)
    return [(entry.name, entry.read_text(encoding="utf-8")) for entry in files]
