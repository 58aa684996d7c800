"""One Airflow connection, or one sentence that says how to make it.

Only the blocking call is used: its asynchronous twin does not work in `airflow dags test`.
"""

from __future__ import annotations

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from adsync.errors import ConfigError


def find(conn_id: str) -> Connection | None:
    try:
        return BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        return None


def required(conn_id: str, needed_by: str) -> Connection:
    if found := find(conn_id):
        return found
    raise missing(conn_id, needed_by)


def missing(conn_id: str, needed_by: str) -> ConfigError:
    return ConfigError(
        f"the Airflow connection {conn_id!r}, needed by {needed_by}, does not exist: "
        f"create it under Admin > Connections or with `airflow connections add`, or set AIRFLOW_CONN_{conn_id.upper()}"
    )
