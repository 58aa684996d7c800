"""Decides what a build has to look at: which tables changed since the last one, and whether the project did.

The journal is `adsync.transform_runs`: what was built from what. A table counts as changed when its newest `loaded_at`,
its content or PostgreSQL's counters of written rows differ. Counters arrive up to a second late, so they only add to
what the database stamps. In doubt more is built.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

import msgspec
import psycopg
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from adsync.warehouse.connection import connect_now

# The dashboard cache lives an hour, and "today" moves on.
MAX_BUILD_AGE = timedelta(minutes=40)
HOURLY = ("--selector", "hourly")
FULL_REFRESH = "--full-refresh"
# A changed description rebuilds nothing.
MODIFIED = ("body", "configs", "relation", "macros", "contract")
# Their rows depend on the clock, and no other model reads them.
READS_THE_CLOCK = "tag:clock"
# Views, functions and seeds change with the project's files only; whole history is tested once a day.
UNCHANGED = ("config.materialized:view", "resource_type:function", "resource_type:seed", "tag:nightly")
SETTINGS_FILES = ("dbt_project.yml", "profiles.yml")
DBT_FILES = ("target", "logs")

# Rows of a transaction that is still open may turn out older than the newest row here.
NOW_AND_OLDEST_WRITER = """
    select now(), min(xact_start) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_xid is not null
"""
COUNTERS = """
    select relnamespace::regnamespace || '.' || relname, concat_ws(
        ' ', oid, pg_relation_filenode(oid), pg_stat_get_tuples_inserted(oid), pg_stat_get_tuples_updated(oid),
        pg_stat_get_tuples_deleted(oid)
    )
    from pg_class where relkind = 'r' and relnamespace > 16383
"""
STAMPED = "select table_name from information_schema.columns where table_schema = 'raw' and column_name = 'loaded_at'"
NEWEST = SQL("select {}, max(loaded_at) from raw.{}")
# A withdrawn row is gone from its table; the restatement ledger has the time.
WITHDRAWN = "select max(observed_at) from raw.observations where payload is null"
# Small tables and views without a stamp are compared by their content.
CONTENT = SQL("select md5(string_agg(md5(cast(t as text)), '' order by md5(cast(t as text)))) from adsync.{} as t")
COMPARED_BY_CONTENT = ("workspaces", "accounts", "sync_state", "metric_coverage")
LAST_BUILD = """
    select project, started_at, tables from adsync.transform_runs
    where tables is not null order by started_at desc limit 1
"""
MANIFEST = "select manifest from adsync.transform_runs where tables is not null order by started_at desc limit 1"
LAST_RUN = """
    select raw_through, finished_at, project from adsync.transform_runs
    where finished_at is not null order by finished_at desc limit 1
"""
# Figures that count days from today change where a day has begun.
NEW_DAY = """
    select exists (
        select 1 from adsync.workspaces cross join lateral (
            select workspaces.timezone union select accounts.timezone from adsync.accounts
            where accounts.workspace_id = workspaces.workspace_id and accounts.timezone is not null
        ) as zones
        where cast(%(then)s at time zone zones.timezone as date) <> cast(%(now)s at time zone zones.timezone as date)
    )
"""
RECORD = """
    insert into adsync.transform_runs (run_id, raw_through, finished_at, started_at, project, tables, manifest)
    values (%s, %s, null, %s, %s, %s, %s)
    on conflict (run_id) do update set raw_through = excluded.raw_through, finished_at = null,
        started_at = excluded.started_at, project = excluded.project, tables = excluded.tables,
        manifest = excluded.manifest
"""
FORGET_OLDER = (
    "update adsync.transform_runs set tables = null, manifest = null where run_id <> %s and tables is not null"
)
FINISH = "update adsync.transform_runs set finished_at = now() where run_id = %s"


class TableVersion(msgspec.Struct, frozen=True):
    """The state of a table: `counters` or a hash of its content, its newest row, and up to when it is complete."""

    counters: str
    newest: datetime | None = None
    settled: datetime | None = None

    def differs_from(self, built: TableVersion | None) -> bool:
        if built is None or built.counters != self.counters:
            return True
        return self.newest is not None and (built.settled is None or self.newest > built.settled)


@dataclass(frozen=True)
class WarehouseSnapshot:
    """Every table and the project's files as they were at `taken_at`; `settled` is up to when raw is complete."""

    taken_at: datetime
    project: str
    tables: Mapping[str, TableVersion]
    newest: datetime | None
    settled: datetime | None


@dataclass(frozen=True)
class BuildRequest:
    """What a run is asked for; by default what has changed.

    `select` builds just these nodes, `full_refresh` from raw, `force` everything; `nightly` tests all of history too.
    """

    select: tuple[str, ...] = ()
    full_refresh: bool = False
    force: bool = False
    nightly: bool = False

    @property
    def is_explicit(self) -> bool:
        return bool(self.select) or self.full_refresh or self.force


class Node(msgspec.Struct):
    """A node of dbt's manifest: where its table is, and by which word dbt selects it."""

    name: str
    schema: str
    resource_type: str
    identifier: str = ""
    alias: str = ""
    source_name: str = ""

    @property
    def relation(self) -> str:
        return f"{self.schema}.{self.identifier or self.alias}"

    @property
    def selector(self) -> str:
        return f"source:{self.source_name}.{self.name}" if self.resource_type == "source" else self.name


class Manifest(msgspec.Struct):
    """dbt's `manifest.json`: the project's own nodes, and the tables that others fill."""

    nodes: dict[str, Node]
    sources: dict[str, Node]


def take_snapshot(url: str, project: Path) -> WarehouseSnapshot:
    """Returns the tables as they are before a build; rows that land later are for the next one."""
    with connect_now(url) as connection:
        [(taken_at, writer)] = connection.execute(NOW_AND_OLDEST_WRITER)
        tables = {name: TableVersion(counters) for name, counters in connection.execute(COUNTERS)}
        for name, newest in _newest_rows(connection).items():
            settled = min(newest, writer) if newest and writer else newest
            tables[name] = TableVersion(tables[name].counters, newest, settled)
        for name in COMPARED_BY_CONTENT:
            [(content,)] = connection.execute(CONTENT.format(Identifier(name)))
            tables[f"adsync.{name}"] = TableVersion(content or "")
        [(withdrawn,)] = connection.execute(WITHDRAWN)
    newest = max((at for at in (withdrawn, *(table.newest for table in tables.values())) if at), default=None)
    settled = min(newest, writer) if newest and writer else newest
    return WarehouseSnapshot(taken_at, _fingerprint(project), tables, newest, settled)


def is_due(url: str, snapshot: WarehouseSnapshot) -> bool:
    """Whether raw or the project has changed since the last whole run, or that run is too old."""
    with connect_now(url) as connection:
        last = connection.execute(LAST_RUN).fetchone()
    if last is None:
        return True
    raw_through, finished_at, project = last
    has_changed = snapshot.newest is not None and (raw_through is None or snapshot.newest > raw_through)
    is_edited = project is not None and project != snapshot.project
    return has_changed or is_edited or snapshot.taken_at - finished_at >= MAX_BUILD_AGE


def is_first_today(url: str, snapshot: WarehouseSnapshot) -> bool:
    """Whether no run has finished on this day of UTC: the day's first one tests all of history."""
    with connect_now(url) as connection:
        last = connection.execute(LAST_RUN).fetchone()
    return last is None or last[1].astimezone(UTC).date() < snapshot.taken_at.astimezone(UTC).date()


def select_nodes(
    url: str, snapshot: WarehouseSnapshot, request: BuildRequest, state: Path
) -> Sequence[tuple[str, ...]]:
    """Returns the words of each `dbt build` to run, in order; writes the manifest of the last build below `state`."""
    if request.select:
        return [("--select", *request.select, *([FULL_REFRESH] if request.full_refresh else []))]
    with connect_now(url) as connection:
        last = connection.execute(LAST_BUILD).fetchone()
        if request.full_refresh or last is None or _settings_of(last[0]) != _settings_of(snapshot.project):
            return [(FULL_REFRESH, *(() if request.nightly else HOURLY))]
        project, started_at, tables = last
        [(has_new_day,)] = connection.execute(NEW_DAY, {"then": started_at, "now": snapshot.taken_at})
        commands = []
        if project != snapshot.project:
            [(manifest,)] = connection.execute(MANIFEST)
            state.mkdir(parents=True, exist_ok=True)
            (state / "manifest.json").write_bytes(zlib.decompress(manifest))
            commands.append(_modified(state))
    if request.nightly:
        return [*commands, ()]
    if request.force or has_new_day:
        return [*commands, HOURLY]
    return [*commands, _changed(snapshot, tables)]


def record_build(url: str, run_id: str, snapshot: WarehouseSnapshot, manifest: Path) -> None:
    """Records what a good build was made from: sources as they were before it, its own tables as it left them."""
    content = manifest.read_bytes()
    nodes = msgspec.json.decode(content, type=Manifest)
    with connect_now(url) as connection:
        built = {name: TableVersion(counters) for name, counters in connection.execute(COUNTERS)}
        tables = [(node, snapshot.tables.get(node.relation)) for node in nodes.sources.values()]
        tables += [(node, built.get(node.relation)) for node in nodes.nodes.values()]
        versions = {node.selector: (node.relation, version) for node, version in tables if version}
        packed = Jsonb(msgspec.to_builtins(versions))
        values = (run_id, snapshot.settled, snapshot.taken_at, snapshot.project, packed, zlib.compress(content))
        connection.execute(RECORD, values)
        connection.execute(FORGET_OLDER, (run_id,))


def finish_run(url: str, run_id: str) -> None:
    """Records that alerts and the dashboard cache follow the build of this run."""
    with connect_now(url) as connection:
        connection.execute(FINISH, (run_id,))


def _newest_rows(connection: psycopg.Connection) -> dict[str, datetime | None]:
    tables = [name for (name,) in connection.execute(STAMPED)]
    queries = [NEWEST.format(f"raw.{name}", Identifier(name)) for name in tables]
    return dict(connection.execute(SQL(" union all ").join(queries)).fetchall()) if queries else {}


def _modified(state: Path) -> tuple[str, ...]:
    """Nodes whose code has changed, and all that read them, from raw."""
    changed = [f"state:modified.{what}+" for what in MODIFIED]
    words = ("--select", "state:new+", *changed, "--exclude", "tag:nightly", "--state", str(state))
    return (FULL_REFRESH, *words)


def _changed(snapshot: WarehouseSnapshot, tables: Mapping[str, Sequence[object]]) -> tuple[str, ...]:
    """What lies behind tables that were written, by whomever, since the last build."""
    built = msgspec.convert(tables, type=dict[str, tuple[str, TableVersion]])
    written = [
        selector
        for selector, (relation, version) in sorted(built.items())
        if relation not in snapshot.tables or snapshot.tables[relation].differs_from(version)
    ]
    return ("--select", READS_THE_CLOCK, *(f"{name}+" for name in written), "--exclude", *UNCHANGED)


def _settings_of(project: str) -> str:
    return project.split(" ", maxsplit=1)[0]


def _fingerprint(project: Path) -> str:
    """Two hashes: of dbt's version and the project's settings and variables, and of all files that dbt reads."""
    versions = f"{metadata.version('dbt-core')} {metadata.version('dbt-postgres')}".encode()
    settings = hashlib.sha256(versions)
    files = hashlib.sha256()
    for file in sorted(path for path in project.rglob("*") if path.is_file()):
        place = file.relative_to(project)
        if place.parts[0] not in DBT_FILES and "__pycache__" not in place.parts:
            part = settings if str(place) in SETTINGS_FILES else files
            part.update(f"{place}\0".encode() + file.read_bytes())
    return f"{settings.hexdigest()} {files.hexdigest()}"
