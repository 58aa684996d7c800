"""Finds Airflow connections; a missing one is a ConfigError with instructions to create it.

Only the blocking call is used, because the asynchronous one fails in `airflow dags test`.
"""

from __future__ import annotations

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from adsync.errors import ConfigError


def find(conn_id: str) -> Connection | None:
    """Returns the connection, or None if it does not exist."""
    try:
        return BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        return None


def required(conn_id: str, needed_by: str) -> Connection:
    """Returns the connection; raises ConfigError if it does not exist."""
    if found := find(conn_id):
        return found
    raise missing(conn_id, needed_by)


def missing(conn_id: str, needed_by: str) -> ConfigError:
    """Returns the error for a missing connection."""
    return ConfigError(
        f"missing Airflow connection {conn_id!r}, needed by {needed_by}: "
        f"create it under Admin > Connections or with `airflow connections add`, or set AIRFLOW_CONN_{conn_id.upper()}"
    )
