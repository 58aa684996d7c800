"""Deletes rows older than the retention settings; without a setting everything is kept.

Metrics are deleted by their day, orders by their last change; entity tables are kept. Rows that a sync or a build may
still need stay: days within a workspace's history, rows of an account that is being synced or whose history or report
is unfinished, changes that `transform` has not processed. The marts keep their content until a full refresh.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString

from psycopg import sql

from adsync import registry
from adsync.sources.base import DailyStream, IncrementalStream, Stream
from adsync.warehouse.connection import connect_now

# Days that platforms may be asked for again, however short a workspace's history is.
MIN_KEPT_DAYS = 60
DELETE_RUNS = "delete from adsync.sync_runs where started_at < now() - make_interval(days => %(days)s)"
# A deleted row is recorded only as an observation, which the marts have to process first.
DELETE_OBSERVATIONS = """
delete from raw.observations
where observed_at < now() - make_interval(days => %(days)s) and metric_date < current_date - %(days)s
    and observed_at < (select max(raw_through) from adsync.transform_runs)
"""
DELETE_RAW = """
delete from raw.{table} as known
using adsync.accounts as account
inner join adsync.workspaces as workspace on account.workspace_id = workspace.workspace_id
inner join adsync.sync_state as state on account.platform = state.platform and account.native_id = state.account_id
where account.platform = %(source)s and account.native_id = known.account_id and state.stream = %(stream)s
    and {age} < current_date - greatest(%(days)s, workspace.history_days, %(floor)s)
    and known.loaded_at < (select max(raw_through) from adsync.transform_runs)
    and coalesce(state.lease_until < now(), true) and not state.cursor ? 'report'
    and state.covered_from <= current_date - workspace.history_days + 1
"""
AGES: Mapping[type[Stream], LiteralString] = {
    DailyStream: "known.metric_date",
    IncrementalStream: "known.loaded_at::date",
}
TABLES = "select table_schema, table_name from information_schema.tables where table_schema in ('raw', 'adsync')"


def delete_expired(url: str, keep_days: Mapping[str, int | None]) -> dict[str, int]:
    """Deletes what is older than `keep_days` of `runs`, `observations` and `raw` (None: keep all).

    Returns the number of deleted rows of each.
    """
    deleted = {}
    with connect_now(url) as connection:
        for kind, statement in (("runs", DELETE_RUNS), ("observations", DELETE_OBSERVATIONS)):
            if days := keep_days[kind]:
                deleted[kind] = connection.execute(statement, {"days": days}).rowcount
        if days := keep_days["raw"]:
            deleted["raw"] = sum(
                connection.execute(statement, {"days": days, "floor": MIN_KEPT_DAYS, **stream}).rowcount
                for statement, stream in _statements()
            )
    return deleted


def analyze_tables(url: str) -> int:
    """Updates the planner statistics of PostgreSQL; returns the number of tables."""
    with connect_now(url) as connection:
        tables = connection.execute(TABLES).fetchall()
        for schema, name in tables:
            connection.execute(sql.SQL("analyze {}").format(sql.Identifier(schema, name)))
    return len(tables)


def _statements() -> list[tuple[sql.Composed, dict[str, str]]]:
    """Returns one statement per raw table whose rows have an age."""
    sources = [registry.load(name) for name in registry.names()]
    return [
        (
            sql.SQL(DELETE_RAW).format(
                table=sql.Identifier(f"{source.name}_{stream.name}"), age=sql.SQL(AGES[type(stream)])
            ),
            {"source": source.name, "stream": stream.name},
        )
        for source in sources
        for stream in source.streams
        if type(stream) in AGES
    ]
