"""Where the warehouse is: the connection `adsync_warehouse`, as a URL that libpq understands."""

from __future__ import annotations

from airflow.providers.postgres.hooks.postgres import PostgresHook

from adsync.hooks.connections import required

CONN_ID = "adsync_warehouse"


def warehouse_url() -> str:
    """The URL with its password; extras such as sslmode become its parameters."""
    hook = PostgresHook(CONN_ID, connection=required(CONN_ID, "every task of adsync"), sqlalchemy_scheme="postgresql")
    extras = hook.connection.extra_dejson.items()
    parameters = {name: str(value) for name, value in extras if name not in hook.ignored_extra_options}
    return hook.sqlalchemy_url.update_query_dict(parameters).render_as_string(hide_password=False)
