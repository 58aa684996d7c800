"""Reads marts for the page. A mart that dbt has not built yet has no rows and is listed as missing.

Every statement is a transaction of its own and has a timeout, so that a page can be empty but never hangs.
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


@dataclass
class MartReader:
    """A connection, and the names of the marts that were missing."""

    connection: psycopg.Connection
    missing: set[str] = field(default_factory=set)

    def rows(self, mart: str, query: str, values: Values) -> list[Row]:
        """Returns rows as dicts; none if `mart` or one of its columns does not exist yet."""
        try:
            with self.connection.cursor(row_factory=dict_row) as cursor:
                return cursor.execute(query, values).fetchall()
        except ABSENT:
            self.missing.add(mart)
            return []

    def row(self, mart: str, query: str, values: Values) -> Row | None:
        return next(iter(self.rows(mart, query, values)), None)


def split_total(rows: list[Row]) -> tuple[list[Row], int]:
    """Returns the rows without their column `total`, and its value: the number of rows without the limit."""
    total = rows[0]["total"] if rows else 0
    return [{name: value for name, value in row.items() if name != "total"} for row in rows], total


@contextmanager
def open_marts(url: str) -> Iterator[MartReader]:
    """Yields a reader; raises TemporaryError if the warehouse is unreachable."""
    with connect_now(url) as connection:
        connection.autocommit = True
        # Compiling a plan costs more than running any of the page's queries.
        connection.execute(f"set statement_timeout = '{STATEMENT_SECONDS}s'; set jit = off")
        yield MartReader(connection)
