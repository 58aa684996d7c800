"""Credentials of ad accounts and stores from Airflow connections, and the core's surroundings inside a task."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import Connection

from adsync.config.connections import host_with_port
from adsync.extract.context import SyncEnvironment
from adsync.hooks.connections import find, missing, required
from adsync.hooks.redis_url import redis_url_if_any
from adsync.hooks.warehouse import warehouse_url
from adsync.models import Credentials
from adsync.notifications.channels import factory
from adsync.notifications.message import Channel
from adsync.warehouse.connection import connect_now

OWNERS = """
    select string_agg(format('workspace %%s (%%s %%s)', workspace_id, platform, native_id), ', ' order by native_id)
    from adsync.accounts
    where conn_id = %s
"""


def environment() -> SyncEnvironment:
    return SyncEnvironment(warehouse_url(), credentials, now, redis_url_if_any())


def credentials(conn_id: str) -> Credentials:
    """What the connection holds; a ConfigError says which accounts need a connection that is missing."""
    found = find(conn_id)
    if found is None:
        raise missing(conn_id, _owners(conn_id))
    return to_credentials(found)


def open_channel(name: str) -> Channel:
    """The channel of that name, which is a connection's too."""
    return factory.open_channel(name, lambda conn_id: to_credentials(required(conn_id, "notices and alerts")))


def to_credentials(found: Connection) -> Credentials:
    host = host_with_port(found.host, found.port)
    return Credentials(found.conn_id, host, found.login or "", found.password or "", found.extra_dejson)


def now() -> datetime:
    return datetime.now(UTC)


def _owners(conn_id: str) -> str:
    with connect_now(warehouse_url()) as connection:
        (owners,) = connection.execute(OWNERS, (conn_id,)).fetchone() or (None,)
    return owners or "an account that is no longer configured"
