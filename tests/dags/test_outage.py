"""An outage of one platform: only its DAG fails, one notice is opened, and recovery resolves it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
import yaml
from airflow.models.dagrun import DagRun

import sandbox_fixtures
from adsync_demo.airflow_runtime import environment
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.generator.world import World
from adsync_sandbox.server import files

META, SHOP = "901234567890", "acme.myshopify.com"
DOWN = Fault("meta", "server_error")
NOTICES = "select account_id, message, closed_at is null, delivered_at is null from adsync.admin_notices"


@pytest.fixture
def world():
    return World.create(7, datetime.now(UTC), days=5, orders=3)


@pytest.fixture
def platforms(monkeypatch, tmp_path, warehouse_url, world):
    """Serves the platforms with these faults to DAG tasks; one Meta account and one shop are linked."""
    document = files.workspaces(world)
    for workspace in document["workspaces"]:
        workspace["ad_accounts"] = [one for one in workspace["ad_accounts"] if one["account_id"] == META]
        workspace["stores"] = [one for one in workspace["stores"] if one["store_id"] == SHOP]
    (tmp_path / "workspaces.yaml").write_text(yaml.safe_dump(document))
    monkeypatch.setenv("ADSYNC_CONFIG", str(tmp_path / "workspaces.yaml"))
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_WAREHOUSE", warehouse_url)
    monkeypatch.setenv("MAX_RETRY_ATTEMPTS", "0")

    @contextmanager
    def platforms(*faults):
        with sandbox_fixtures.served(faults, world) as base:
            for name, value in environment.platforms(files.connections(world, base)).items():
                monkeypatch.setenv(name, value)
            yield

    return platforms


@pytest.fixture
def run(parse, airflow_metadata):
    """Runs a DAG; returns the states of the run and its tasks, and the label of its first sync task."""

    def run(dag_id):
        made = parse()[dag_id].test()
        tasks = {task.task_id: task for task in made.get_task_instances()}
        with airflow_metadata() as session:
            assert session.get(DagRun, made.id)
        states = {name: str(task.state) for name, task in tasks.items()}
        return str(made.state), states, tasks["sync"].rendered_map_index

    return run


def rows(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_an_outage_fails_one_dag_and_opens_one_notice_until_recovery(platforms, run, warehouse_url, capfd):
    with platforms(DOWN):
        for _ in range(2):
            state, tasks, label = run("sync_meta")
            assert (state, tasks) == ("failed", {"plan": "success", "sync": "failed", "report": "failed"})
            assert label.startswith(f"{META}: temporary error: ")
            assert f"PARTIAL: 1 of 1 accounts failed: meta {META} (acme): " in capfd.readouterr().out
        assert run("sync_shopify")[0] == "success"
        assert rows(warehouse_url, "select count(*) > 0 from raw.shopify_orders") == [(True,)]
        [(account, message, is_open, undelivered)] = rows(warehouse_url, NOTICES)
        assert (account, is_open, undelivered) == (META, True, False)
        assert "500" in message
    with platforms():
        assert run("sync_meta")[0] == "success"
    assert [row[2:] for row in rows(warehouse_url, NOTICES)] == [(False, False)]
    deliveries = rows(
        warehouse_url, "select status, channel from adsync.deliveries where subject = 'notice' order by 1"
    )
    assert deliveries == [("closed", "log"), ("open", "log")]
    assert rows(warehouse_url, "select count(*) > 0 from raw.meta_campaign_metrics") == [(True,)]
