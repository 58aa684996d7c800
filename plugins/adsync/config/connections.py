"""Airflow connections outside Airflow: `AIRFLOW_CONN_<CONN_ID>`, as JSON or as a URI.

Both are read exactly as Airflow's own `Connection` reads them, quirks included; a test compares the two. The package
must not import Airflow: commands have to work without it.
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from adsync.errors import ConfigError
from adsync.models import Credentials
from adsync.settings import workspaces_file

JSON_KEYS = {"conn_type", "description", "host", "schema", "login", "password", "port", "extra"}
EXTRA_KEY = "__extra__"
# Of the connection's type and of the host.
MAX_SCHEMES = 2


def unknown_connection(conn_id: str) -> ConfigError:
    """The error for a conn_id of workspaces.yaml without a connection."""
    return ConfigError(
        f"{workspaces_file()}: unknown connection {conn_id!r} in conn_id: create it in Airflow (Admin > Connections), "
        f"or set AIRFLOW_CONN_{conn_id.upper()}"
    )


def credentials(conn_id: str) -> Credentials:
    """Returns the connection in `AIRFLOW_CONN_<CONN_ID>`; ConfigError if it is missing or invalid."""
    name = f"AIRFLOW_CONN_{conn_id.upper()}"
    text = os.environ.get(name)
    if text is None:
        raise unknown_connection(conn_id)
    try:
        return _from_json(conn_id, text) if text.lstrip().startswith("{") else _from_uri(conn_id, text.strip())
    except (ValueError, TypeError) as error:
        # Not the error's text: it may hold the password.
        raise ConfigError(f"invalid {name} (expected a connection as JSON or as a URI)") from error


def host_with_port(host: str | None, port: int | str | None) -> str:
    """Joins the two fields of a connection into a base URL.

    The port stands behind the host's name, before a path; an IPv6 address is put in brackets.
    """
    number = int(port) if port else 0
    if not host or not number:
        return host or ""
    scheme, mark, rest = host.partition("://") if "://" in host else ("", "", host)
    name, slash, path = rest.partition("/")
    is_bare_ipv6 = name.count(":") > 1 and not name.startswith("[")
    return f"{scheme}{mark}{f'[{name}]' if is_bare_ipv6 else name}:{number}{slash}{path}"


def text_field(value: object) -> str:
    """Returns a field of a connection as text: JSON may hold a number. TypeError for a list, an object or a flag."""
    if isinstance(value, str | int | None) and not isinstance(value, bool):
        return "" if value is None else str(value)
    raise TypeError("a field must be a text")


def extra_object(conn_id: str, extra: object) -> dict[str, Any]:
    """Returns the extra of a connection: an object, or the JSON text of one. ConfigError for anything else."""
    try:
        return _extra(extra or {})
    except (ValueError, TypeError) as error:
        # Not the error's text: it may hold a secret.
        raise ConfigError(f"invalid extra of connection {conn_id} (expected a JSON object)") from error


def _from_json(conn_id: str, text: str) -> Credentials:
    fields: dict[str, Any] = json.loads(text)
    if not fields.keys() <= JSON_KEYS:
        raise ValueError("unknown key")
    host, login, password = (text_field(fields.get(name)) for name in ("host", "login", "password"))
    extra, schema = _extra(fields.get("extra") or {}), text_field(fields.get("schema"))
    return Credentials(conn_id, host_with_port(host, fields.get("port")), login, password, extra, schema)


def _from_uri(conn_id: str, uri: str) -> Credentials:
    """`type://login:password@host:port/?key=value`; the host may be a URL, percent-encoded or after `type://`.

    A connection without a type begins with `//`.
    """
    conn_type, schemes = urlsplit(uri).scheme, uri.count("://")
    if schemes > MAX_SCHEMES or not (uri.startswith("//") or f"{conn_type}://" in uri.lower()):
        raise ValueError("not a URI")
    host_has_scheme = schemes == MAX_SCHEMES
    rest = uri.replace(f"{conn_type}://", "" if host_has_scheme else "//")
    if host_has_scheme and {"@", ":"} & set(rest.split("://", 1)[0]):
        raise ValueError("not a URI")
    parts = urlsplit(rest)
    host = _hostname(parts)
    if host and host_has_scheme and parts.scheme:
        host = f"{parts.scheme}://{host}"
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    extra = _extra(query[EXTRA_KEY] or {}) if EXTRA_KEY in query else query
    return Credentials(
        conn_id,
        host_with_port(host, parts.port),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        extra,
        unquote(parts.path[1:]),
    )


def _hostname(parts: SplitResult) -> str:
    """`urlsplit` lowers the case of a host name; a path in it keeps its case."""
    host = unquote(parts.hostname or "")
    return unquote(parts.netloc.rpartition("@")[2].partition(":")[0]) if "/" in host else host


def _extra(value: Any) -> dict[str, Any]:
    """The extra of a connection: an object, or the JSON text of one."""
    found = json.loads(value) if isinstance(value, str) else value
    if not isinstance(found, dict):
        raise TypeError("extra must be an object")
    return found
