"""Returns the URL of Redis (dashboard cache and shared rate limits) from the connection `adsync_redis`.

The module is not called `redis`, because that name would hide the client library.
"""

from __future__ import annotations

from airflow.sdk import Connection

from adsync.hooks.connections import find, required

CONN_ID = "adsync_redis"
SCHEMES = ("redis", "rediss", "unix")


def redis_url() -> str:
    """Returns the URL; raises ConfigError if the connection is missing."""
    return _url(required(CONN_ID, "the dashboard cache"))


def redis_url_if_any() -> str | None:
    """Returns the URL, or None without a connection: rate limits are shared only if there is a Redis."""
    found = find(CONN_ID)
    return _url(found) if found else None


def _url(connection: Connection) -> str:
    """Accepts any connection type, because Airflow has a Redis type only with a further provider."""
    scheme, _, rest = connection.get_uri().partition("://")
    return f"{scheme if scheme in SCHEMES else 'redis'}://{rest}"
