"""What has changed in the warehouse since the marts were last built: what a build has to look at.

dbt spends hundredths of a second on every node that it is shown, changed or not. PostgreSQL counts what is written to
each table, whoever writes it: a build is shown what lies behind the tables written since, and what reads the clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path

import msgspec
from psycopg.types.json import Jsonb

from adsync.warehouse.connection import connect_now

OWN_FILES = ("target", "logs")
# These come out otherwise without any row having changed, and nothing is made of them.
READ_THE_CLOCK = "tag:clock"
# Views and seeds are what the project's files say, and those have not changed; whole history is tested once a day.
LEFT_ALONE = ("config.materialized:view", "resource_type:seed", "tag:nightly")
NOW = "select now(), (select jsonb_object_agg(relation, version) from adsync.table_versions)"
LAST = "select project, started_at, tables from adsync.last_build"
# Where a day has begun, figures that count days from today are others.
NEW_DAY = """
    select exists (
        select 1 from adsync.workspaces cross join lateral (
            select workspaces.timezone union select accounts.timezone from adsync.accounts
            where accounts.workspace_id = workspaces.workspace_id and accounts.timezone is not null
        ) as zones
        where cast(%(then)s at time zone zones.timezone as date) <> cast(%(now)s at time zone zones.timezone as date)
    )
"""
REMEMBER = """
    insert into adsync.last_build (project, started_at, tables) values (%s, %s, %s)
    on conflict (is_last) do update
    set project = excluded.project, started_at = excluded.started_at, tables = excluded.tables
"""


@dataclass(frozen=True)
class Sight:
    """A project's fingerprint and the version of every table, by its name, as they were at `at`."""

    project: str
    at: datetime
    versions: dict[str, str]


class Named(msgspec.Struct):
    """A node of dbt's manifest, as far as it tells where a table is and how it is selected."""

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
    """What dbt knows of its project: its own nodes, and the tables that others fill."""

    nodes: dict[str, Named]
    sources: dict[str, Named]


def look(url: str, project: Path) -> Sight:
    """The tables as they are now; rows that land later are for the next build."""
    with connect_now(url) as connection:
        [(at, versions)] = connection.execute(NOW)
    return Sight(_fingerprint(project), at, versions)


def selection(url: str, sight: Sight) -> tuple[str, ...] | None:
    """Words for dbt that select what may come out otherwise than in the last good build; None: anything may."""
    with connect_now(url) as connection:
        last = connection.execute(LAST).fetchone()
        if last is None or last[0] != sight.project:
            return None
        _, started_at, tables = last
        [(has_new_day,)] = connection.execute(NEW_DAY, {"then": started_at, "now": sight.at})
    if has_new_day:
        return None
    written = [name for name, (table, version) in sorted(tables.items()) if sight.versions.get(table) != version]
    return ("--select", READ_THE_CLOCK, *(f"{name}+" for name in written), "--exclude", *LEFT_ALONE)


def remember(url: str, sight: Sight, manifest: Path) -> None:
    """Keep what a good build was made from: sources as they were before it, its own tables as it left them."""
    named = msgspec.json.decode(manifest.read_bytes(), type=Manifest)
    with connect_now(url) as connection:
        [(_, left)] = connection.execute(NOW)
        seen = [(node, sight.versions.get(node.relation)) for node in named.sources.values()]
        seen += [(node, left.get(node.relation)) for node in named.nodes.values()]
        tables = {node.selector: (node.relation, version) for node, version in seen if version}
        connection.execute(REMEMBER, (sight.project, sight.at, Jsonb(tables)))


def _fingerprint(project: Path) -> str:
    """Of every file that dbt reads, and of dbt itself."""
    digest = hashlib.sha256(f"{metadata.version('dbt-core')} {metadata.version('dbt-postgres')}".encode())
    for file in sorted(path for path in project.rglob("*") if path.is_file()):
        place = file.relative_to(project)
        if place.parts[0] not in OWN_FILES and "__pycache__" not in place.parts:
            digest.update(f"{place}\0".encode() + file.read_bytes())
    return digest.hexdigest()
