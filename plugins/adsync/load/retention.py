"""Forgetting what is older than a setting allows; without a setting everything is kept.

Raw rows go by days of metrics and by the last change of orders; listings stay. Nothing goes that a sync or a build may
still need: days inside a workspace's history, rows of an account whose history or report is unfinished or that is being
read, changes that `transform` has not seen. The marts keep what they were built from, until a full refresh.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString

from psycopg import sql

from adsync import registry
from adsync.sources.base import DailyStream, IncrementalStream, Stream
from adsync.warehouse.connection import connect_now

# However short somebody's history is, stores and platforms are asked for so many days again.
LOOKED_BACK_AT = 60
FORGET_RUNS = "delete from adsync.sync_runs where started_at < now() - make_interval(days => %(days)s)"
# A withdrawal is known from its observation alone: the marts have to have seen it.
FORGET_OBSERVATIONS = """
delete from raw.observations
where observed_at < now() - make_interval(days => %(days)s) and metric_date < current_date - %(days)s
    and observed_at < (select max(raw_through) from adsync.transform_runs)
"""
FORGET_RAW = """
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


def forget(url: str, keep: Mapping[str, int | None]) -> dict[str, int]:
    """Remove what is older than so many days of `runs`, `observations` and `raw` (None: keep all); how many rows."""
    removed = {}
    with connect_now(url) as connection:
        for what, statement in (("runs", FORGET_RUNS), ("observations", FORGET_OBSERVATIONS)):
            if days := keep[what]:
                removed[what] = connection.execute(statement, {"days": days}).rowcount
        if days := keep["raw"]:
            removed["raw"] = sum(
                connection.execute(statement, {"days": days, "floor": LOOKED_BACK_AT, **place}).rowcount
                for statement, place in _aged()
            )
    return removed


def analyze(url: str) -> int:
    """Let PostgreSQL count anew, so that its plans fit what is stored by now; how many tables."""
    with connect_now(url) as connection:
        tables = connection.execute(TABLES).fetchall()
        for schema, name in tables:
            connection.execute(sql.SQL("analyze {}").format(sql.Identifier(schema, name)))
    return len(tables)


def _aged() -> list[tuple[sql.Composed, dict[str, str]]]:
    """One statement per raw table whose rows have an age."""
    sources = [registry.load(name) for name in registry.names()]
    return [
        (
            sql.SQL(FORGET_RAW).format(
                table=sql.Identifier(f"{source.name}_{stream.name}"), age=sql.SQL(AGES[type(stream)])
            ),
            {"source": source.name, "stream": stream.name},
        )
        for source in sources
        for stream in source.streams
        if type(stream) in AGES
    ]
