"""Where the dashboard cache and the call budgets are: the connection `adsync_redis`.

A module called redis would hide the real one.
"""

from __future__ import annotations

from airflow.sdk import Connection

from adsync.hooks.connections import find, required

CONN_ID = "adsync_redis"
SCHEMES = ("redis", "rediss", "unix")


def redis_url() -> str:
    return _url(required(CONN_ID, "the dashboard cache"))


def redis_url_if_any() -> str | None:
    """For call budgets, which are shared when there is a Redis."""
    found = find(CONN_ID)
    return _url(found) if found else None


def _url(connection: Connection) -> str:
    """Airflow has no Redis type without another provider: a connection of any type is taken for one."""
    scheme, _, place = connection.get_uri().partition("://")
    return f"{scheme if scheme in SCHEMES else 'redis'}://{place}"
