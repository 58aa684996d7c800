"""Returns the URL of Redis (dashboard cache and shared rate limits) from the connection `adsync_redis`.

The module is not called `redis`, because that name would hide the client library.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from airflow.sdk import Connection

from adsync.api import rate_limiter
from adsync.config.connections import extra_object
from adsync.errors import ConfigError
from adsync.hooks.connections import find, required

CONN_ID = "adsync_redis"
SCHEMES = ("redis", "rediss", "unix")
DATABASE, ENCRYPTED = "db", "ssl"
# Keys of the extra and the client's names for them; those of TLS have no meaning without it.
TLS_OPTIONS = {
    "ssl_cert_reqs": "ssl_cert_reqs",
    "ssl_ca_certs": "ssl_ca_certs",
    "ssl_ca_path": "ssl_ca_path",
    "ssl_check_hostname": "ssl_check_hostname",
    "ssl_keyfile": "ssl_keyfile",
    "ssl_certfile": "ssl_certfile",
    "ssl_cert_file": "ssl_certfile",
}
OPTIONS = ("socket_timeout", "socket_connect_timeout", "socket_keepalive", "retry_on_timeout", "health_check_interval")
YES, NO = {"true", "1", "yes"}, {"false", "0", "no", ""}


def redis_url() -> str:
    """Returns the URL; raises ConfigError if the connection is missing or invalid."""
    return url_of(required(CONN_ID, "the dashboard cache"))


def redis_url_if_any() -> str | None:
    """Returns the URL, or None without a connection: rate limits are shared only if there is a Redis."""
    found = find(CONN_ID)
    return url_of(found) if found else None


def url_of(connection: Connection) -> str:
    """Accepts any connection type, because Airflow has a Redis type only with a further provider.

    `db` and `ssl` of the extra take precedence over the schema and the type.
    """
    extra = extra_object(connection.conn_id, connection.extra)
    known = {DATABASE, ENCRYPTED, *TLS_OPTIONS, *OPTIONS}
    if unknown := sorted(extra.keys() - known):
        raise ConfigError(
            f"unknown key in the extra of connection {connection.conn_id}: {unknown[0]!r} "
            f"(accepted are {', '.join(sorted(known))})"
        )
    scheme, host = _scheme_and_host(connection)
    is_encrypted = _flag(connection, extra[ENCRYPTED]) if extra.get(ENCRYPTED) is not None else scheme == "rediss"
    names = {name: name for name in OPTIONS} | (TLS_OPTIONS if is_encrypted else {})
    query = {new: _text(extra[name]) for name, new in names.items() if not _is_empty(extra.get(name))}
    database = _database(connection, extra, scheme)
    if scheme == "unix":
        path = host if host.startswith("/") else f"/{host or connection.schema or ''}"
        query |= {DATABASE: database} if database else {}
        place = quote(path)
    else:
        place = (
            _bracketed(host) + (f":{connection.port}" if connection.port else "") + (f"/{database}" * bool(database))
        )
        scheme = "rediss" if is_encrypted else "redis"
    url = f"{scheme}://{_login(connection)}{place}" + (f"?{urlencode(query)}" if query else "")
    rate_limiter.check_url(url)
    return url


def _scheme_and_host(connection: Connection) -> tuple[str, str]:
    """The host may be a URL, whose scheme then takes precedence over the connection's type."""
    before, mark, after = (connection.host or "").partition("://")
    scheme, host = (before, after) if mark else (connection.conn_type or "", before)
    return (scheme if scheme in SCHEMES else "redis"), host


def _database(connection: Connection, extra: dict[str, Any], scheme: str) -> str:
    """The database's number: `db` of the extra, else the schema; a socket's schema is a part of its path."""
    told = extra.get(DATABASE)
    schema = "" if scheme == "unix" else connection.schema or ""
    text = schema if _is_empty(told) else _text(told)
    if text and not text.isdecimal():
        raise ConfigError(
            f"invalid database in connection {connection.conn_id}: {text!r} (expected a number such as 0)"
        )
    return text


def _flag(connection: Connection, value: object) -> bool:
    text = _text(value).casefold()
    if text not in YES | NO:
        raise ConfigError(
            f"invalid ssl in the extra of connection {connection.conn_id}: {text!r} (expected true or false)"
        )
    return text in YES


def _is_empty(value: object) -> bool:
    return value is None or value == ""


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _login(connection: Connection) -> str:
    login, password = (quote(part or "", safe="") for part in (connection.login, connection.password))
    return f"{login}:{password}@" if password else (f"{login}@" if login else "")


def _bracketed(host: str) -> str:
    return f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host
