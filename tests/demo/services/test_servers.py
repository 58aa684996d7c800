"""Embedded servers: start, discovery, restart of one of them, stop."""

import psycopg
import pytest
import redis

from adsync_demo.failures import DemoFailed
from adsync_demo.services import postgres, redis_server, servers


@pytest.fixture
def state(tmp_path):
    folder = tmp_path / "a folder with spaces"
    yield folder
    servers.stop(folder)


def start(state):
    return servers.start(state, durable=False)


def test_a_second_start_returns_the_running_servers(state):
    first = start(state)
    assert start(state) == first == servers.find(state)


def test_both_databases_and_redis_answer_at_the_addresses_given(state):
    running = start(state)
    for name in servers.DATABASES:
        psycopg.connect(running.database_url(name)).close()
    client = redis.Redis.from_url(running.redis_url)
    assert client.ping()
    client.close()


def test_only_the_server_that_is_down_is_started_again(state):
    first = start(state)
    redis_server.stop(state / "redis")
    assert servers.find(state) is None
    second = start(state)
    assert second.postgres_port == first.postgres_port
    assert servers.find(state) == second


def test_data_and_password_survive_a_stop(state):
    with psycopg.connect(start(state).database_url()) as connection:
        connection.execute("create table kept as select 1 as one")
    servers.stop(state)
    with psycopg.connect(start(state).database_url()) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_a_stopped_state_folder_has_no_servers_and_can_be_stopped_again(state):
    start(state)
    servers.stop(state)
    servers.stop(state)
    assert servers.find(state) is None


def test_a_foreign_server_on_our_port_does_not_count_as_our_redis(state, tmp_path):
    port = redis_server.start(tmp_path / "stranger")
    try:
        (state / "redis").mkdir(parents=True)
        (state / "redis" / "port").write_text(str(port))
        assert redis_server.running(state / "redis") is None
    finally:
        redis_server.stop(tmp_path / "stranger")


def test_variables_name_the_warehouse_for_libpq():
    found = servers.Servers(5433, "secret", 6380).variables()
    assert found["PGPORT"] == "5433"
    assert found["PGPASSWORD"] == "secret"
    assert found["ADSYNC_WAREHOUSE_URL"] == postgres.url(5433, "secret", "adsync")
    assert found["ADSYNC_REDIS_URL"] == "redis://127.0.0.1:6380/0"


def test_a_failed_start_reports_the_cause_in_one_sentence(state):
    (state / "postgres").mkdir(parents=True)
    (state / "postgres" / "PG_VERSION").write_text("9.4\n")
    with pytest.raises(DemoFailed, match="PostgreSQL's pg_ctl failed: ") as failure:
        start(state)
    assert "\n" not in str(failure.value)
    assert failure.value.log == state / "postgres.log"


def test_a_restart_keeps_the_ports(tmp_path):
    first = servers.start(tmp_path, durable=False)
    servers.stop(tmp_path)
    try:
        assert servers.start(tmp_path, durable=False) == first
    finally:
        servers.stop(tmp_path)
