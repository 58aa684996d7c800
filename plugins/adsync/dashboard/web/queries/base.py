"""Reads marts for the page; one that dbt has not built yet has no rows, and is remembered as missing.

Every statement stands for itself and gives up after some seconds: a page may be empty, but never hangs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import errors
from psycopg.rows import dict_row

from adsync.warehouse.connection import connect_now

STATEMENT_SECONDS = 15
ABSENT = (errors.UndefinedTable, errors.UndefinedColumn, errors.InvalidSchemaName)

Row = dict[str, Any]
Values = Mapping[str, object]


@dataclass(frozen=True)
class MartReader:
    """One connection, and what was not there."""

    connection: psycopg.Connection
    missing: set[str] = field(default_factory=set)

    def rows(self, mart: str, query: str, values: Values) -> list[Row]:
        """Rows as dicts; none when `mart`, or a column of it, does not exist yet."""
        try:
            with self.connection.cursor(row_factory=dict_row) as cursor:
                return cursor.execute(query, values).fetchall()
        except ABSENT:
            self.missing.add(mart)
            return []

    def row(self, mart: str, query: str, values: Values) -> Row | None:
        return next(iter(self.rows(mart, query, values)), None)


def counted(rows: list[Row]) -> tuple[list[Row], int]:
    """Rows without their column `total`, and what it said: how many there are beyond the limit too."""
    total = rows[0]["total"] if rows else 0
    return [{name: value for name, value in row.items() if name != "total"} for row in rows], total


@contextmanager
def opened(url: str) -> Iterator[MartReader]:
    """TemporaryError when the warehouse cannot be reached."""
    with connect_now(url) as connection:
        connection.autocommit = True
        connection.execute(f"set statement_timeout = '{STATEMENT_SECONDS}s'")
        yield MartReader(connection)
