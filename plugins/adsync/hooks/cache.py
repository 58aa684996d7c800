"""Where the dashboard cache is: the connection `adsync_redis`. A module called redis would hide the real one."""

from __future__ import annotations

from adsync.hooks.connections import required

CONN_ID = "adsync_redis"
SCHEMES = ("redis", "rediss", "unix")


def redis_url() -> str:
    """Airflow has no Redis type without another provider: a connection of any type is taken for one."""
    scheme, _, place = required(CONN_ID, "the dashboard cache").get_uri().partition("://")
    return f"{scheme if scheme in SCHEMES else 'redis'}://{place}"
