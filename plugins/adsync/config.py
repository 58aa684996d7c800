"""The only reader of workspaces.yaml and of the environment.

A mistake is one sentence: which file or variable, which key, what to do.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml

from adsync import workspaces
from adsync.errors import ConfigError
from adsync.sources.base import Credentials, Source

DEFAULT_CONFIG = "config/workspaces.yaml"
DEFAULT_STATE = ".adsync"
DEFAULT_RETRIES = 5
DEFAULT_NOTIFY = "log"
KEPT = ("runs", "observations", "raw")
SHORTEST_KEPT = 60


def workspaces_file() -> Path:
    return Path(os.environ.get("ADSYNC_CONFIG", DEFAULT_CONFIG))


def names_a_file() -> bool:
    """Whether somebody said which file to read; otherwise an application may own the tables itself."""
    return "ADSYNC_CONFIG" in os.environ


def warehouse_url() -> str:
    """The warehouse outside Airflow; inside it is the connection `adsync_warehouse`."""
    return _required("ADSYNC_WAREHOUSE_URL", "a libpq URL such as postgresql://user:password@host:5432/adsync")


def redis_url() -> str | None:
    """Redis outside Airflow, if there is one; inside it is the connection `adsync_redis`."""
    return os.environ.get("ADSYNC_REDIS_URL") or None


def token_keys() -> list[str]:
    """Fernet keys, newest first: the first encrypts, all decrypt."""
    listed = _required("ADSYNC_TOKEN_KEY", "one or more Fernet keys, separated by commas, the newest first")
    return [key.strip() for key in listed.split(",") if key.strip()]


def notify_channels() -> tuple[str, ...]:
    """Where notices go that ask for a person: names as in workspaces.yaml's `channels`."""
    listed = os.environ.get("ADSYNC_NOTIFY", DEFAULT_NOTIFY)
    return tuple(name.strip() for name in listed.split(",") if name.strip())


def state_folder() -> Path:
    return Path(os.environ.get("ADSYNC_STATE", DEFAULT_STATE))


def max_retry_attempts() -> int:
    text = os.environ.get("MAX_RETRY_ATTEMPTS", str(DEFAULT_RETRIES))
    if not text.isdecimal():
        raise ConfigError(f"MAX_RETRY_ATTEMPTS is {text!r}: set a whole number such as {DEFAULT_RETRIES}")
    return int(text)


def keep_days() -> dict[str, int | None]:
    """For how many days runs, observations and raw rows are kept; None: for ever, which is the default."""
    return {what: _days(f"ADSYNC_KEEP_{what.upper()}") for what in KEPT}


def _days(name: str) -> int | None:
    text = os.environ.get(name, "keep")
    if text == "keep":
        return None
    if not text.isdecimal() or int(text) < SHORTEST_KEPT:
        raise ConfigError(f"{name} is {text!r}: set keep, or a whole number of days from {SHORTEST_KEPT} up")
    return int(text)


def read_workspaces(file: Path, sources: Mapping[str, Source]) -> workspaces.Setup:
    """Read and check the file against the registered sources; ConfigError says what to correct."""
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{file} does not exist: copy config/workspaces.example.yaml there, or set ADSYNC_CONFIG to your own file"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{file} is no valid YAML: {' '.join(str(error).split())}") from error
    return workspaces.checked(document, str(file), sources)


def no_connection(conn_id: str) -> ConfigError:
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
        raise no_connection(conn_id)
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


def _required(name: str, meaning: str) -> str:
    if value := os.environ.get(name):
        return value
    raise ConfigError(f"{name} is not set: set it to {meaning}")
