"""A warehouse made by the version before the packages is taken over: same marts, nothing synced again.

`warehouse.sql.gz` is a dump made by commit e69d0d0 of the small worlds in tests/dbt, built with "now" fixed.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from dbt_process import PROJECT, dbt, rows
from psycopg.sql import SQL, Identifier

from adsync import registry
from adsync.transform.selection import FULL_REFRESH, HOURLY, BuildRequest, select_nodes, take_snapshot
from adsync.warehouse.migrations import migrate

DUMP = Path(__file__).with_name("warehouse.sql.gz")
TABLES = "select table_name from information_schema.tables where table_schema = %s order by 1"
# Without sentences, whose wording is not part of the marts' contract, and without the version of the rules.
COLUMNS = """select table_name, array_agg(cast(column_name as text) order by column_name) as columns
    from information_schema.columns
    where table_schema = 'marts' and (table_name, column_name) not in (
        ('order_explanations', 'sentence'), ('order_explanations', 'touches'), ('consistency_issues', 'detail'),
        ('attribution_decisions', 'rule_version')
    ) and not (
        -- Alerts compare in the account's own currency since.
        table_name in ('alert_checks', 'performance_alerts')
        and column_name in ('message', 'current', 'baseline', 'threshold')
    ) group by 1"""
RENAMED = (
    "select table_schema || '.' || table_name as name from information_schema.tables"
    " where table_schema in ('intermediate', 'checks', 'adsync')"
)
GONE = {"intermediate.int_touches", "intermediate.int_orders__judged", "adsync.last_build", "checks.days"}


@pytest.fixture(scope="module")
def old(local_servers) -> Iterator[str]:
    """The dump, restored without PostgreSQL's own programs."""
    with psycopg.connect(local_servers.database_url("postgres"), autocommit=True) as server:
        server.execute("create database upgraded template template0")
        url = local_servers.database_url("upgraded")
        with psycopg.connect(url) as db:
            db.execute(gzip.decompress(DUMP.read_bytes()))
        yield url
        server.execute("drop database upgraded with (force)")


def content(url: str, schema: str, columns: dict[str, list[str]] | None = None) -> dict[str, list[str]]:
    """Every table of a schema as sorted rows of text, of all columns or of those given."""
    with psycopg.connect(url) as db:
        names = [name for (name,) in db.execute(TABLES, (schema,))]
        return {name: _rows(db, schema, name, (columns or {}).get(name)) for name in names}


def _rows(db: psycopg.Connection, schema: str, name: str, columns: list[str] | None) -> list[str]:
    chosen = SQL(", ").join(map(Identifier, columns)) if columns else SQL("*")
    query = SQL("select cast(to_jsonb(t) as text) from (select {} from {}) as t order by 1")
    return [row for (row,) in db.execute(query.format(chosen, Identifier(schema, name)))]


def test_an_older_warehouse_is_taken_over(old, scratch):
    columns = {row["table_name"]: row["columns"] for row in rows(old, COLUMNS)}
    marts, raw = content(old, "marts", columns), content(old, "raw")
    state = {name: content(old, "adsync")[name] for name in ("sync_state", "sync_runs", "accounts", "workspaces")}
    assert all(marts[name] for name in ("campaign_days", "orders", "touches", "attribution_credits", "alert_checks"))

    for _ in range(2):
        migrate(old, registry.streams())
    assert GONE & {row["name"] for row in rows(old, RENAMED)} == set()
    assert content(old, "marts").keys() == marts.keys(), "everything can be read before the next build"
    # Nothing is known of the last build: the next one is whole.
    snapshot = take_snapshot(old, PROJECT)
    assert list(select_nodes(old, snapshot, BuildRequest(), scratch / "state")) == [(FULL_REFRESH, *HOURLY)]

    only_data = ("--exclude-resource-type", "unit_test")
    for words in ((*HOURLY, *only_data), (FULL_REFRESH, *HOURLY, *only_data)):
        dbt(old, scratch / "upgraded", "build", *words)
        built = content(old, "marts", columns)
        # There may be new tables, here and in raw.
        assert {name: built[name] for name in marts} == marts
    loaded = content(old, "raw")
    assert {name: loaded[name] for name in raw} == raw
    assert {name: content(old, "adsync")[name] for name in state} == state
