import json
from decimal import Decimal

import pytest
import redis

from adsync.dashboard.cache import refresh

FIGURES = {"total_spend": Decimal("1250.5000"), "roas": None, "impressions": 10}


@pytest.fixture
def client(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        yield client


def test_a_workspace_is_one_key_that_expires_after_an_hour(client, redis_url):
    assert refresh(redis_url, {"acme": {"today": FIGURES}, "beta": {"today": FIGURES}}) == 2
    assert sorted(client.keys()) == [b"dashboard_metrics:acme", b"dashboard_metrics:beta"]
    assert 3590 < client.ttl("dashboard_metrics:acme") <= 3600


def test_amounts_are_json_numbers_and_undefined_values_are_null(client, redis_url):
    refresh(redis_url, {"acme": {"today": FIGURES}})
    text = client.get("dashboard_metrics:acme").decode()
    assert text == '{"today":{"total_spend":1250.5000,"roas":null,"impressions":10}}'
    assert json.loads(text)["today"]["total_spend"] == 1250.5


def test_only_keys_of_removed_workspaces_are_deleted(client, redis_url):
    client.set("unrelated", "1")
    refresh(redis_url, {"acme": {}, "beta": {}})
    refresh(redis_url, {"beta": {}})
    assert sorted(client.keys()) == [b"dashboard_metrics:beta", b"unrelated"]


def test_a_refresh_without_workspaces_succeeds(redis_url):
    assert refresh(redis_url, {}) == 0


def test_a_refresh_of_any_number_of_workspaces_is_one_transaction(client, redis_url):
    snapshots = {f"w{number}": {"today": FIGURES} for number in range(1000)}
    with client.monitor() as monitor:
        refresh(redis_url, snapshots)
        commands = []
        while not commands or commands[-1] != "EXEC":
            commands.append(monitor.next_command()["command"].split()[0].upper())
    begin = commands.index("MULTI")
    assert commands[begin:] == ["MULTI", *["SET"] * len(snapshots), "EXEC"]
    assert commands[:begin].count("SCAN") == 2
    assert "SET" not in commands[:begin]
