from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import sandbox_fixtures
from adsync.cli.app import main
from adsync.orchestration import sharding
from adsync.ranges import DateRange
from adsync_sandbox.server import files

NOW = datetime.now(UTC)
LATER, EARLIER = NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)
STORES = ["acme.myshopify.com", "juniper.myshopify.com", "nakhla.myshopify.com"]


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(warehouse_url)
    return warehouse_url


def sync_state(url, stream="orders", **columns):
    names, values = list(columns), list(columns.values())
    with psycopg.connect(url) as connection:
        connection.execute(
            f"insert into adsync.sync_state (platform, account_id, stream, {', '.join(names)})"
            f" values ('shopify', 'acme.myshopify.com', '{stream}', {', '.join(['%s'] * len(values))})",
            values,
        )


def test_an_account_that_was_never_synced_is_due(url):
    assert sharding.due_accounts(url, "shopify", now=NOW) == STORES


@pytest.mark.parametrize(
    "state",
    [
        {"lease_until": LATER, "lease_owner": "another run"},
        {"retry_at": LATER, "status": "retrying"},
        {"status": "paused"},
    ],
)
def test_an_account_that_is_leased_backing_off_or_paused_is_not_due(url, state):
    sync_state(url, **state)
    sync_state(url, stream="stores", status="ok")
    assert sharding.due_accounts(url, "shopify", now=NOW) == STORES[1:]


@pytest.mark.parametrize(
    "state",
    [
        {"lease_until": EARLIER, "lease_owner": "killed run"},
        {"retry_at": EARLIER, "status": "retrying"},
        {"status": "failed"},
        {"status": "reauth_required"},
        {"status": "ok"},
    ],
)
def test_an_account_with_an_expired_lease_or_backoff_or_a_failure_is_due(url, state):
    sync_state(url, **state)
    assert sharding.due_accounts(url, "shopify", now=NOW) == STORES


def test_an_inactive_account_is_not_due(url):
    with psycopg.connect(url) as connection:
        connection.execute("update adsync.accounts set is_active = false where native_id = 'acme.myshopify.com'")
    assert sharding.due_accounts(url, "shopify", now=NOW) == ["juniper.myshopify.com", "nakhla.myshopify.com"]


@given(st.integers(0, 1000), st.integers(1, 100))
def test_shards_hold_every_account_once_and_stay_within_the_limit(number, most):
    ids = [str(n) for n in range(number)]
    shards = sharding.plan_shards(ids, most)
    assert [each for shard in shards for each in shard] == ids
    assert len(shards) <= most
    assert all(shards)
    if number <= most:
        assert all(len(shard) == 1 for shard in shards)


@pytest.fixture
def shell(monkeypatch, tmp_path, warehouse_url):
    """Serves one Meta account with a valid configuration; returns the warehouse URL."""
    document = files.workspaces(sandbox_fixtures.world())
    for workspace in document["workspaces"]:
        workspace["ad_accounts"] = [
            one for one in workspace["ad_accounts"] if one["account_id"] == sandbox_fixtures.META
        ]
        workspace["stores"] = []
    file = tmp_path / "workspaces.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    monkeypatch.setenv("ADSYNC_CONFIG", str(file))
    monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    with sandbox_fixtures.served() as base:
        connection = files.connections(sandbox_fixtures.world(), base)["meta_acme"]
        monkeypatch.setenv("AIRFLOW_CONN_META_ACME", json.dumps(connection))
        yield warehouse_url


@pytest.mark.usefixtures("shell")
def test_the_plan_of_a_source_is_printed_and_nothing_is_stored(capsys, shell):
    assert main(["plan", "--source", "meta", "--since", "2026-11-01", "--until", "2026-11-10"]) == 0
    output = capsys.readouterr().out
    assert f"meta {sandbox_fixtures.META} (acme) campaign_metrics: 2026-11-01 to 2026-11-10, 1 chunks" in output
    assert "meta, 1 accounts: 5 calls" in output
    with psycopg.connect(shell) as connection:
        assert connection.execute("select count(*) from raw.meta_campaigns").fetchone() == (0,)
        assert connection.execute("select count(*) from adsync.sync_runs").fetchone() == (0,)


@pytest.mark.usefixtures("shell")
def test_without_a_source_all_sources_are_planned(capsys):
    assert main(["plan"]) == 0
    output = capsys.readouterr().out
    assert "meta, 1 accounts:" in output
    assert "tiktok, 0 accounts:" in output


@pytest.mark.usefixtures("shell")
def test_a_range_is_summed_over_all_sources_of_the_chosen_workspaces(capsys):
    days = ["--since", "2026-11-01", "--until", "2026-11-10"]
    assert main(["plan", "--workspace", "acme", *days]) == 0
    acme = capsys.readouterr().out.splitlines()
    meta = next(line for line in acme if line.startswith("meta, 1 accounts: 5 calls, 0.0 minutes, "))
    assert meta.startswith(acme[-1].replace("all sources", "meta"))
    assert main(["plan", "--workspace", "juniper", "--source", "meta", "--source", "tiktok", *days]) == 0
    assert "all sources, 0 accounts: 0 calls" in capsys.readouterr().out


@pytest.mark.usefixtures("shell")
def test_an_unknown_workspace_is_rejected(capsys):
    assert main(["plan", "--workspace", "acmee"]) == 2
    assert "unknown workspace 'acmee' (known: acme, juniper, nakhla)" in capsys.readouterr().err


def test_active_accounts_include_leased_ones_but_not_paused_ones(url):
    sync_state(url, lease_until=LATER, lease_owner="another run")
    assert sharding.active_accounts(url, "shopify") == STORES
    assert sharding.active_accounts(url, "shopify", ["acme"]) == STORES[:1]
    sync_state(url, stream="stores", status="paused")
    assert sharding.active_accounts(url, "shopify") == STORES[1:]


def test_task_arguments_hold_accounts_names_and_days(url):
    days = DateRange(date(2026, 11, 1), date(2026, 11, 3))
    assert sharding.task_arguments(url, "shopify", [STORES[:1], STORES[1:]], days) == [
        {"shard": STORES[:1], "title": STORES[0], "since": "2026-11-01", "until": "2026-11-03"},
        {"shard": STORES[1:], "title": ", ".join(STORES[1:]), "since": "2026-11-01", "until": "2026-11-03"},
    ]
    assert sharding.task_arguments(url, "shopify", [STORES[:1]]) == [{"shard": STORES[:1], "title": STORES[0]}]
    assert sharding.planned_accounts(sharding.task_arguments(url, "shopify", [STORES])) == [STORES]
    assert sharding.planned_accounts(None) is None


@pytest.mark.usefixtures("shell")
def test_an_account_without_a_source_is_rejected(capsys):
    assert main(["plan", "--account", sandbox_fixtures.META]) == 2
    assert "--account requires exactly one --source" in capsys.readouterr().err
