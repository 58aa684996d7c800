"""Builds the SyncEnvironment of a task and opens notification channels, with credentials from Airflow connections."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import Connection

from adsync.config.connections import extra_object, host_with_port, text_field
from adsync.extract.context import SyncEnvironment
from adsync.hooks.connections import find, missing, required
from adsync.hooks.redis_url import redis_url_if_any
from adsync.hooks.warehouse import warehouse_url
from adsync.models import Credentials
from adsync.notifications.channels import factory
from adsync.notifications.message import Channel
from adsync.warehouse.connection import connect_now

LINKED_ACCOUNTS = """
    select string_agg(format('workspace %%s (%%s %%s)', workspace_id, platform, native_id), ', ' order by native_id)
    from adsync.accounts
    where conn_id = %s
"""


def environment() -> SyncEnvironment:
    """Returns the warehouse, credentials, clock and Redis that a sync uses inside Airflow."""
    return SyncEnvironment(warehouse_url(), credentials, now, redis_url_if_any())


def credentials(conn_id: str) -> Credentials:
    """Returns the connection's credentials; the ConfigError for a missing connection names its accounts."""
    found = find(conn_id)
    if found is None:
        raise missing(conn_id, _linked_accounts(conn_id))
    return to_credentials(found)


def open_channel(name: str) -> Channel:
    """Opens a notification channel; unless it is `log`, its name is a connection id."""
    return factory.open_channel(name, lambda conn_id: to_credentials(required(conn_id, "notices and alerts")))


def now() -> datetime:
    """Returns the current time in UTC."""
    return datetime.now(UTC)


def to_credentials(found: Connection) -> Credentials:
    """Returns the fields of an Airflow connection that the package uses."""
    host, extra = host_with_port(text_field(found.host), found.port), extra_object(found.conn_id, found.extra)
    return Credentials(
        found.conn_id, host, text_field(found.login), text_field(found.password), extra, found.schema or ""
    )


def _linked_accounts(conn_id: str) -> str:
    with connect_now(warehouse_url()) as connection:
        (accounts,) = connection.execute(LINKED_ACCOUNTS, (conn_id,)).fetchone() or (None,)
    return accounts or "an account that is no longer configured"
