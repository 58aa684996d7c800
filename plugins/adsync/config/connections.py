"""Airflow connections outside Airflow: `AIRFLOW_CONN_<CONN_ID>`, as JSON or as a URI."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from adsync.errors import ConfigError
from adsync.models import Credentials
from adsync.settings import workspaces_file


def unknown_connection(conn_id: str) -> ConfigError:
    """The one sentence for a conn_id that leads nowhere, inside Airflow and outside."""
    return ConfigError(
        f"{workspaces_file()}: conn_id {conn_id!r} names no connection: create it in Airflow (Admin, Connections), "
        f"or set AIRFLOW_CONN_{conn_id.upper()}"
    )


def credentials(conn_id: str) -> Credentials:
    """An Airflow connection from `AIRFLOW_CONN_<CONN_ID>`, in either of Airflow's two notations."""
    name = f"AIRFLOW_CONN_{conn_id.upper()}"
    text = os.environ.get(name)
    if text is None:
        raise unknown_connection(conn_id)
    try:
        return _from_json(conn_id, text) if text.lstrip().startswith("{") else _from_uri(conn_id, text)
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{name} is neither a connection's JSON nor its URI; correct it") from error


def _from_json(conn_id: str, text: str) -> Credentials:
    fields: dict[str, Any] = json.loads(text)
    extra = _extra(fields.get("extra") or {})
    return Credentials(
        conn_id, fields.get("host") or "", fields.get("login") or "", fields.get("password") or "", extra
    )


def _from_uri(conn_id: str, text: str) -> Credentials:
    """`scheme://login:password@host:port/?key=value`; a host that is itself a URL arrives percent-encoded."""
    parts = urlsplit(text)
    if not parts.scheme:
        raise ValueError("no scheme")
    host = unquote(parts.netloc.rpartition("@")[2])
    query = dict(parse_qsl(parts.query))
    extra = _extra(query["__extra__"]) if "__extra__" in query else query
    return Credentials(conn_id, host, unquote(parts.username or ""), unquote(parts.password or ""), extra)


def _extra(value: Any) -> dict[str, Any]:
    """An object, or the JSON text of one."""
    found = json.loads(value) if isinstance(value, str) else value
    if not isinstance(found, dict):
        raise TypeError("extra is no object")
    return found
