"""The demo's warehouse: emptied when the sandbox's data is for another day, freed of a killed demo's leases."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from adsync_demo.paths import DemoPaths
from adsync_demo.services import world_day
from adsync_demo.services.servers import DATABASES, Servers

# Airflow is not running yet, so every lease is stale, and no retry has to wait: the sandbox is up again.
RELEASE_LEASES = "update adsync.sync_state set lease_owner = null, lease_until = null, retry_at = null"


def prepare(paths: DemoPaths, servers: Servers, day: dict[str, Any]) -> bool:
    """Prepares the warehouse for the sandbox's day; returns whether it was emptied."""
    known = world_day.remembered(paths.state)
    emptied = known not in (None, day)
    if emptied:
        _recreate(servers)
    _release_leases(servers)
    world_day.remember(paths.state, day)
    return emptied


def _recreate(servers: Servers) -> None:
    name = sql.Identifier(DATABASES[0])
    with psycopg.connect(servers.database_url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(name))
        connection.execute(sql.SQL("create database {}").format(name))


def _release_leases(servers: Servers) -> None:
    with psycopg.connect(servers.database_url()) as connection:
        (known,) = connection.execute("select to_regclass('adsync.sync_state')").fetchone() or (None,)
        if known:
            connection.execute(RELEASE_LEASES)
