"""Returns the URL of the warehouse, in libpq's format, from the connection `adsync_warehouse`."""

from __future__ import annotations

from airflow.providers.postgres.hooks.postgres import PostgresHook

from adsync.hooks.connections import required

CONN_ID = "adsync_warehouse"


def warehouse_url() -> str:
    """Returns the URL with its password; extras such as sslmode become its parameters."""
    hook = PostgresHook(CONN_ID, connection=required(CONN_ID, "every adsync task"), sqlalchemy_scheme="postgresql")
    extras = hook.connection.extra_dejson.items()
    parameters = {name: str(value) for name, value in extras if name not in hook.ignored_extra_options}
    return hook.sqlalchemy_url.update_query_dict(parameters).render_as_string(hide_password=False)
