import json

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from adsync.errors import ConfigError, TemporaryError
from adsync.hooks.environment import credentials, environment, open_channel
from adsync.hooks.redis_url import redis_url
from adsync.hooks.warehouse import warehouse_url as hooked_url
from adsync.notifications.message import Message


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
