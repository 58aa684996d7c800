import json

import psycopg
import pytest
import redis
import redis.asyncio
from psycopg.conninfo import conninfo_to_dict

from adsync.errors import ConfigError, TemporaryError
from adsync.hooks.environment import credentials, environment, open_channel
from adsync.hooks.redis_url import redis_url
from adsync.hooks.warehouse import warehouse_url as hooked_url
from adsync.notifications.message import Message
from adsync.transform.dbt_runner import environment as dbt_environment
from adsync.warehouse.connection import connect_now


def test_the_warehouse_is_an_airflow_connection(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_WAREHOUSE", "postgres://adsync:p%40ss%2Fword@db.example:5433/warehouse")
    assert conninfo_to_dict(hooked_url()) == {
        "user": "adsync",
        "password": "p@ss/word",
        "host": "db.example",
        "port": "5433",
        "dbname": "warehouse",
    }


def test_the_warehouses_extras_reach_libpq_except_airflows_own(monkeypatch):
    extras = "sslmode=require&keepalives_idle=30&cursor=dictcursor"
    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_WAREHOUSE", f"postgres://adsync@db.example/warehouse?{extras}")
    read = conninfo_to_dict(hooked_url())
    assert (read["sslmode"], read["keepalives_idle"]) == ("require", "30")


@pytest.mark.parametrize(
    ("connection", "url"),
    [
        ("redis://127.0.0.1:6380/1", "redis://127.0.0.1:6380/1"),
        ("rediss://:p%40ss@cache.example:6379/0", "rediss://:p%40ss@cache.example:6379/0"),
        ("generic://127.0.0.1:6380/1", "redis://127.0.0.1:6380/1"),
    ],
)
def test_redis_is_an_airflow_connection_of_any_type(monkeypatch, connection, url):
    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_REDIS", connection)
    assert redis_url() == url


REDIS_FIELDS = [
    ({}, "redis://127.0.0.1:6380"),
    ({"extra": {"db": 3}}, "redis://127.0.0.1:6380/3"),
    ({"extra": {"db": "3"}}, "redis://127.0.0.1:6380/3"),
    ({"extra": {"db": 0}, "schema": "7"}, "redis://127.0.0.1:6380/0"),
    ({"extra": {"db": None}, "schema": "7"}, "redis://127.0.0.1:6380/7"),
    ({"extra": {"db": "", "ssl": "", "ssl_cert_reqs": ""}, "schema": "7"}, "redis://127.0.0.1:6380/7"),
    ({"extra": {"ssl": False}}, "redis://127.0.0.1:6380"),
    ({"extra": {"ssl": False, "ssl_cert_reqs": "required"}}, "redis://127.0.0.1:6380"),
    ({"extra": {"ssl": "true"}}, "rediss://127.0.0.1:6380"),
    ({"extra": {"ssl": True, "ssl_cert_reqs": "none"}}, "rediss://127.0.0.1:6380?ssl_cert_reqs=none"),
    ({"conn_type": "rediss", "extra": {"ssl": None}}, "rediss://127.0.0.1:6380"),
    ({"extra": {"socket_timeout": 2.5}}, "redis://127.0.0.1:6380?socket_timeout=2.5"),
    ({"extra": {"ssl_check_hostname": True, "ssl": 1}}, "rediss://127.0.0.1:6380?ssl_check_hostname=true"),
    ({"login": "me", "password": "p w/@"}, "redis://me:p%20w%2F%40@127.0.0.1:6380"),
    ({"host": "redis://127.0.0.1"}, "redis://127.0.0.1:6380"),
    ({"host": "cache.example:6380", "port": None}, "redis://cache.example:6380"),
    ({"extra": {"ssl": True, "ssl_cert_reqs": None}}, "rediss://127.0.0.1:6380"),
    ({"host": "::1"}, "redis://[::1]:6380"),
    ({"conn_type": "unix", "host": "/run/redis.sock", "port": None, "extra": {"db": 2}}, "unix:///run/redis.sock?db=2"),
]


@pytest.mark.parametrize(("fields", "url"), REDIS_FIELDS)
def test_extras_of_the_redis_connection_are_options_of_its_client(monkeypatch, fields, url):
    connection = {"conn_type": "redis", "host": "127.0.0.1", "port": 6380} | fields
    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_REDIS", json.dumps(connection))
    assert redis_url() == url
    redis.Redis.from_url(url).connection_pool.make_connection()
    redis.asyncio.Redis.from_url(url).connection_pool.make_connection()


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ({"database": 3}, "unknown key in the extra of connection adsync_redis: 'database' .accepted are db, "),
        ({"db": "one"}, "invalid database in connection adsync_redis: 'one'"),
        ({"db": -1}, "invalid database in connection adsync_redis: '-1'"),
        ({"db": [3]}, r"invalid database in connection adsync_redis: '\[3\]'"),
        ({"ssl": True, "ssl_cert_reqs": {}}, "invalid Redis URL"),
        ({"ssl": "maybe"}, "invalid ssl in the extra of connection adsync_redis: 'maybe'"),
        ([1], "invalid extra of connection adsync_redis"),
        ({"ssl": True, "ssl_cert_reqs": "CERT_MAYBE"}, "invalid Redis URL"),
        ({"socket_timeout": "soon"}, "invalid Redis URL"),
    ],
)
def test_an_invalid_extra_of_the_redis_connection_is_named(monkeypatch, extra, says):
    fields = {"conn_type": "redis", "host": "127.0.0.1", "password": "hidden", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_REDIS", json.dumps(fields))
    with pytest.raises(ConfigError, match=says) as caught:
        redis_url()
    assert "hidden" not in str(caught.value)


WAREHOUSE = {"conn_type": "postgres", "host": "db.example", "login": "adsync", "schema": "warehouse"}
WAREHOUSES = [
    ({"password": "p ass w'o\\rd"}, {"password": "p ass w'o\\rd"}),
    ({"password": " "}, {"password": " "}),
    ({"extra": {"options": "-c statement_timeout=600000ms"}}, {"options": "-c statement_timeout=600000ms"}),
    ({"extra": {"application_name": "ads sync"}}, {"application_name": "ads sync"}),
    ({"extra": {"keepalives": True, "connect_timeout": 5}}, {"keepalives": "1", "connect_timeout": "5"}),
    ({"extra": {"sslmode": "require", "sslrootcert": None}}, {"sslmode": "require"}),
    ({"extra": {"sqlalchemy_query": {"sslmode": "require"}}}, {"sslmode": "require"}),
    ({"login": "ad sync", "schema": "ware house"}, {"user": "ad sync", "dbname": "ware house"}),
    ({"port": 5433}, {"port": "5433"}),
]


@pytest.mark.parametrize(("fields", "told"), WAREHOUSES)
def test_the_warehouse_is_told_in_the_words_of_libpq(monkeypatch, fields, told):
    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_WAREHOUSE", json.dumps(WAREHOUSE | fields))
    parameters = conninfo_to_dict(hooked_url())
    own = {"user": "adsync", "host": "db.example", "dbname": "warehouse"}
    assert parameters == own | told


@pytest.mark.parametrize(("fields", "told"), WAREHOUSES)
def test_dbt_is_given_the_same_in_the_variables_of_libpq(monkeypatch, fields, told):
    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_WAREHOUSE", json.dumps(WAREHOUSE | fields))
    names = {"password": "PGPASSWORD", "options": "PGOPTIONS", "application_name": "PGAPPNAME", "dbname": "PGDATABASE"}
    variables = dbt_environment(hooked_url())
    for name, variable in names.items():
        if name in told:
            assert variables[variable] == told[name]


def test_an_unknown_extra_of_the_warehouse_is_named_without_its_value(monkeypatch):
    fields = WAREHOUSE | {"password": "hidden", "extra": {"ssl_mode": "hidden too"}}
    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_WAREHOUSE", json.dumps(fields))
    with pytest.raises(ConfigError, match=r"invalid extra of connection adsync_warehouse.*found ssl_mode") as caught:
        hooked_url()
    assert "hidden" not in str(caught.value)


def test_a_session_of_the_connection_has_its_options_and_its_name(monkeypatch, warehouse_url):
    own = conninfo_to_dict(warehouse_url)
    extra = {"options": "-c statement_timeout=600000ms -c geqo=off", "application_name": "ads sync"}
    fields = {"conn_type": "postgres", "host": own["host"], "port": int(own["port"]), "login": own["user"]}
    fields |= {"schema": own["dbname"], "password": own.get("password"), "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_WAREHOUSE", json.dumps(fields))
    with connect_now(hooked_url()) as connection:
        shown = [connection.execute(f"show {name}").fetchone() for name in ("statement_timeout", "application_name")]
    assert shown == [("10min",), ("ads sync",)]


def test_credentials_hold_the_fields_of_the_connection(monkeypatch):
    fields = {
        "conn_type": "http",
        "host": "http://127.0.0.1:9/meta",
        "password": "token",
        "extra": {"api_version": "v26.0"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_META_ACME", json.dumps(fields))
    found = credentials("meta_acme")
    assert (found.conn_id, found.host, found.login, found.password) == (
        "meta_acme",
        "http://127.0.0.1:9/meta",
        "",
        "token",
    )
    assert found.extra == {"api_version": "v26.0"}
    assert "token" not in repr(found)


def test_a_missing_connection_is_reported_with_the_accounts_that_need_it(monkeypatch, warehouse_url):
    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_WAREHOUSE", warehouse_url)
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(
            "insert into adsync.workspaces (workspace_id, name, currency, timezone) values ('acme', 'A', 'SAR', 'UTC')"
        )
        connection.execute(
            "insert into adsync.accounts (platform, native_id, workspace_id, kind, conn_id)"
            " values ('meta', '901', 'acme', 'ad_account', 'shared'), ('meta', '902', 'acme', 'ad_account', 'shared')"
        )
    with pytest.raises(ConfigError) as caught:
        environment().credentials("shared")
    assert str(caught.value) == (
        "missing Airflow connection 'shared', needed by workspace acme (meta 901), workspace acme (meta 902): "
        "create it under Admin > Connections or with `airflow connections add`, or set AIRFLOW_CONN_SHARED"
    )


def test_a_channel_is_an_airflow_connection_with_its_port(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_EMAIL_OWNERS", "smtp://me:pw@127.0.0.1:1/?to=a%40x&from=b%40x&security=none")
    with pytest.raises(TemporaryError, match=r"channel email_owners rejected the mail \(ConnectionRefusedError\)"):
        open_channel("email_owners")(Message("subject", "text"))


@pytest.mark.usefixtures("airflow_metadata")
def test_a_channel_without_a_connection_is_reported_with_the_remedy():
    with pytest.raises(
        ConfigError, match="missing Airflow connection 'slack_ops', needed by notices and alerts: create it under"
    ):
        open_channel("slack_ops")


@pytest.mark.usefixtures("airflow_metadata")
@pytest.mark.parametrize(("hook", "name"), [(hooked_url, "adsync_warehouse"), (redis_url, "adsync_redis")])
def test_a_missing_adsync_connection_is_reported_by_name(hook, name):
    with pytest.raises(ConfigError, match=f"missing Airflow connection '{name}', needed by .*: create it"):
        hook()
