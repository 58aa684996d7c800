from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import sandboxed
from adsync import plan
from adsync.cli import main
from adsync.sandbox import files

NOW = datetime.now(UTC)
LATER, EARLIER = NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)
STORES = ["acme.myshopify.com", "juniper.myshopify.com", "nakhla.myshopify.com"]


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandboxed.new_key())
    sandboxed.link(warehouse_url)
    return warehouse_url


def known(url, stream="orders", **columns):
    names, values = list(columns), list(columns.values())
    with psycopg.connect(url) as connection:
        connection.execute(
            f"insert into adsync.sync_state (platform, account_id, stream, {', '.join(names)})"
            f" values ('shopify', 'acme.myshopify.com', '{stream}', {', '.join(['%s'] * len(values))})",
            values,
        )


def test_an_account_that_was_never_synced_is_due(url):
    assert plan.due_accounts(url, "shopify", now=NOW) == STORES


@pytest.mark.parametrize(
    "state",
    [
        {"lease_until": LATER, "lease_owner": "somebody"},
        {"retry_at": LATER, "status": "retrying"},
        {"status": "paused"},
    ],
)
def test_an_account_that_is_read_that_waits_or_that_is_paused_is_not_due(url, state):
    known(url, **state)
    known(url, stream="stores", status="ok")
    assert plan.due_accounts(url, "shopify", now=NOW) == STORES[1:]


@pytest.mark.parametrize(
    "state",
    [
        {"lease_until": EARLIER, "lease_owner": "somebody killed"},
        {"retry_at": EARLIER, "status": "retrying"},
        {"status": "failed"},
        {"status": "reauth_required"},
        {"status": "ok"},
    ],
)
def test_an_account_whose_lease_or_wait_is_over_or_that_failed_is_due(url, state):
    known(url, **state)
    assert plan.due_accounts(url, "shopify", now=NOW) == STORES


def test_a_retired_account_is_not_due(url):
    with psycopg.connect(url) as connection:
        connection.execute("update adsync.accounts set is_active = false where native_id = 'acme.myshopify.com'")
    assert plan.due_shards(url, "shopify", now=NOW) == [["juniper.myshopify.com"], ["nakhla.myshopify.com"]]


@given(st.integers(0, 1000), st.integers(1, 100))
def test_shards_hold_every_account_once_and_are_never_too_many(number, most):
    ids = [str(n) for n in range(number)]
    dealt = plan.shards(ids, most)
    assert [each for shard in dealt for each in shard] == ids
    assert len(dealt) <= most
    assert all(dealt)
    if number <= most:
        assert all(len(shard) == 1 for shard in dealt)


@pytest.fixture
def shell(monkeypatch, tmp_path, warehouse_url):
    """One Meta account, its platform and a configuration in which everything is right."""
    document = files.workspaces(sandboxed.world())
    for workspace in document["workspaces"]:
        workspace["ad_accounts"] = [one for one in workspace["ad_accounts"] if one["account_id"] == sandboxed.META]
        workspace["stores"] = []
    file = tmp_path / "workspaces.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    monkeypatch.setenv("ADSYNC_CONFIG", str(file))
    monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandboxed.new_key())
    with sandboxed.served() as base:
        connection = files.connections(sandboxed.world(), base)["meta_acme"]
        monkeypatch.setenv("AIRFLOW_CONN_META_ACME", json.dumps(connection))
        yield warehouse_url


@pytest.mark.usefixtures("shell")
def test_the_plan_of_a_source_is_said_and_nothing_is_stored(capsys, shell):
    assert main(["plan", "--source", "meta", "--since", "2026-11-01", "--until", "2026-11-10"]) == 0
    said = capsys.readouterr().out
    assert f"meta {sandboxed.META} (acme) campaign_metrics: 2026-11-01 to 2026-11-10, 1 windows" in said
    assert "meta, 1 accounts: 4 calls" in said
    with psycopg.connect(shell) as connection:
        assert connection.execute("select count(*) from raw.meta_campaigns").fetchone() == (0,)
        assert connection.execute("select count(*) from adsync.sync_runs").fetchone() == (0,)


@pytest.mark.usefixtures("shell")
def test_without_a_source_every_one_is_planned(capsys):
    assert main(["plan"]) == 0
    said = capsys.readouterr().out
    assert "meta, 1 accounts:" in said
    assert "tiktok, 0 accounts:" in said


@pytest.mark.usefixtures("shell")
def test_an_account_without_its_source_is_refused(capsys):
    assert main(["plan", "--account", sandboxed.META]) == 2
    assert "--account needs --source" in capsys.readouterr().err
