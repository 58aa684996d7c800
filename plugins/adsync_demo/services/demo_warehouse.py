"""The demo's warehouse: emptied when the sandbox's world has moved on, freed of what a killed demo held."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from adsync_demo import world_day
from adsync_demo.paths import DemoPaths
from adsync_demo.services.servers import DATABASES, Servers

# Airflow does not run yet, so nobody holds a lease, and a retry need not wait for a sandbox that is back.
FREE = "update adsync.sync_state set lease_owner = null, lease_until = null, retry_at = null"


def prepare(place: DemoPaths, servers: Servers, day: dict[str, Any]) -> bool:
    """Make the warehouse fit the world's day; True when it had to be emptied."""
    known = world_day.remembered(place.state)
    emptied = known not in (None, day)
    if emptied:
        _recreate(servers)
    _free_leases(servers)
    world_day.remember(place.state, day)
    return emptied


def _recreate(servers: Servers) -> None:
    name = sql.Identifier(DATABASES[0])
    with psycopg.connect(servers.database_url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(name))
        connection.execute(sql.SQL("create database {}").format(name))


def _free_leases(servers: Servers) -> None:
    with psycopg.connect(servers.database_url()) as connection:
        (known,) = connection.execute("select to_regclass('adsync.sync_state')").fetchone() or (None,)
        if known:
            connection.execute(FREE)
