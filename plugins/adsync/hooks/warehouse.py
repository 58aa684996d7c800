"""Returns the connection string of the warehouse, libpq's own `key=value`, from the connection `adsync_warehouse`."""

from __future__ import annotations

from airflow.providers.postgres.hooks.postgres import PostgresHook
from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo

from adsync.config.connections import extra_object
from adsync.errors import ConfigError
from adsync.hooks.connections import required

CONN_ID = "adsync_warehouse"
# Parameters that are given as a whole, as SQLAlchemy takes them.
NESTED = "sqlalchemy_query"


def warehouse_url() -> str:
    """Returns the string with its password; extras such as sslmode become its parameters.

    libpq quotes every value, so that blanks are kept in a password and in `options`.
    """
    connection = required(CONN_ID, "every adsync task")
    extra = extra_object(CONN_ID, connection.extra)
    hook = PostgresHook(CONN_ID, connection=connection)
    login, password, port = connection.login, connection.password, connection.port
    if extra.get("iam"):
        login, password, port = hook.get_iam_token(connection)
    nested = extra.get(NESTED)
    extras = {name: value for name, value in extra.items() if name not in hook.ignored_extra_options}
    extras |= nested if isinstance(nested, dict) else {}
    own = {"user": login, "password": password, "host": connection.host, "port": port}
    told = extras | own | {"dbname": hook.database or connection.schema}
    parameters = {name: _text(value) for name, value in told.items() if value is not None}
    try:
        return make_conninfo("", **{name: text for name, text in parameters.items() if text})
    except ProgrammingError as error:
        raise ConfigError(
            f"invalid extra of connection {CONN_ID}: unknown key (expected parameters of libpq, such as sslmode, "
            f"options or application_name; found {', '.join(sorted(extras)) or 'none'})"
        ) from error


def _text(value: object) -> str:
    """Returns the value as libpq reads it: its flags are 1 and 0."""
    return str(int(value)) if isinstance(value, bool) else str(value)
