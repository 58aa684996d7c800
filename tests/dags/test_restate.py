"""The DAG restate with the sandbox: which rows it re-syncs and which it leaves unchanged.

Stored rows are corrupted first: re-synced rows are intact afterwards, all others are still corrupted.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
import yaml
from airflow.models import dagrun

import sandbox_fixtures
from adsync_demo.airflow_runtime import environment
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.server import files

RIYADH, NEW_YORK, LONDON_SHOP = "901234567890", "903456789012", "juniper.myshopify.com"
ZONES = {RIYADH: "Asia/Riyadh", NEW_YORK: "America/New_York", LONDON_SHOP: "Europe/London"}
SINCE, UNTIL = date(2026, 11, 9), date(2026, 11, 13)
DAY = date(2026, 11, 11)
CORRUPT = """
update raw.{} set payload = payload || '{{"corrupt": true}}' where not payload ? 'corrupt'
"""
ROWS = """
select 'meta', account_id, metric_date::text, record_key, payload::text, loaded_at from raw.meta_campaign_metrics
union all
select 'shopify', account_id, payload ->> 'updatedAt', record_key, payload::text, loaded_at from raw.shopify_orders
order by 1, 2, 3, 4
"""


@pytest.fixture
def faults():
    return []


@pytest.fixture
def url(monkeypatch, tmp_path, warehouse_url, faults, airflow_metadata):
    """A warehouse with three accounts of the small world, and the environment of tasks."""
    del airflow_metadata  # only creates the tables
    document = files.workspaces(sandbox_fixtures.world())
    for workspace in document["workspaces"]:
        for key, id_key in (("ad_accounts", "account_id"), ("stores", "store_id")):
            workspace[key] = [one for one in workspace[key] if one[id_key] in ZONES]
    document["workspaces"] = [one for one in document["workspaces"] if one["ad_accounts"] or one["stores"]]
    (tmp_path / "workspaces.yaml").write_text(yaml.safe_dump(document))
    with sandbox_fixtures.served(faults) as base:
        for name, value in {
            **environment.platforms(files.connections(sandbox_fixtures.world(), base)),
            "ADSYNC_CONFIG": str(tmp_path / "workspaces.yaml"),
            "ADSYNC_TOKEN_KEY": sandbox_fixtures.new_key(),
            "AIRFLOW_CONN_ADSYNC_WAREHOUSE": warehouse_url,
            "MAX_RETRY_ATTEMPTS": "0",
        }.items():
            monkeypatch.setenv(name, value)
        yield warehouse_url


@pytest.fixture
def restate(url, parse, monkeypatch):
    """Runs the DAG; with `backfill` the run is like one that `airflow backfill create` makes for that day."""
    del url

    def run(backfill=None, **conf):
        made = dagrun.get_or_create_dagrun

        def as_backfill(**given):
            run = made(**given)
            run.run_type, run.data_interval_start = "backfill", datetime.combine(backfill, datetime.min.time(), UTC)
            given["session"].commit()
            return run

        with monkeypatch.context() as patch:
            if backfill:
                patch.setattr(dagrun, "get_or_create_dagrun", as_backfill)
            return parse()["restate"].test(run_conf=conf)

    return run


@pytest.fixture
def filled(url, restate):
    """Syncs five days of all three accounts; returns the rows."""
    assert restate(since=str(SINCE), until=str(UNTIL)).state == "success"
    return rows(url)


def rows(url):
    with psycopg.connect(url) as connection:
        return connection.execute(ROWS).fetchall()


def journal(url):
    """The half-open days that the last two runs have recorded."""
    query = "select window_from::date, window_until::date from adsync.sync_runs order by sync_run_id desc limit 6"
    with psycopg.connect(url) as connection:
        return set(connection.execute(query))


def corrupt(url):
    with psycopg.connect(url) as connection:
        for table in ("meta_campaign_metrics", "shopify_orders"):
            connection.execute(CORRUPT.format(table))
    return rows(url)


def day_of(row):
    """The day of a row in its account's time zone: a metric's own day, or that of an order's last change."""
    source, account_id, when = row[:3]
    if source == "meta":
        return date.fromisoformat(when)
    return datetime.fromisoformat(when).astimezone(ZoneInfo(ZONES[account_id])).date()


def keys(found):
    return [row[:4] for row in found]


def is_corrupt(row):
    return '"corrupt": true' in row[4]


def states(run):
    return {(task.task_id, task.map_index): str(task.state) for task in run.get_task_instances()}


def test_a_range_is_read_in_each_accounts_own_days(filled):
    assert {account_id for _, account_id, *_ in filled} == set(ZONES)
    assert {day_of(row) for row in filled} <= {SINCE + timedelta(days=n) for n in range(5)}
    assert {day_of(row) for row in filled if row[0] == "meta"} == {SINCE + timedelta(days=n) for n in range(5)}


def test_a_backfill_re_syncs_exactly_its_own_day_and_is_idempotent(url, filled, restate):
    corrupted = corrupt(url)
    assert restate(DAY).state == "success"
    after_run = rows(url)
    assert keys(after_run) == keys(filled)
    assert {day_of(row) for row in after_run if not is_corrupt(row)} == {DAY}
    assert {day_of(row) for row in after_run if is_corrupt(row)} == {day_of(row) for row in filled} - {DAY}
    assert {row[1] for row in after_run if not is_corrupt(row)} == set(ZONES)
    untouched = [(before, after) for before, after in zip(corrupted, after_run, strict=True) if is_corrupt(after)]
    assert all(before == after for before, after in untouched)
    assert restate(DAY).state == "success"
    assert rows(url) == after_run
    assert journal(url) == {(DAY, DAY + timedelta(days=1))}


def test_a_restated_range_equals_what_was_synced_before(url, filled, restate):
    corrupt(url)
    assert restate(since=str(SINCE), until=str(UNTIL)).state == "success"
    assert [row[:5] for row in rows(url)] == [row[:5] for row in filled]


@pytest.mark.usefixtures("filled")
def test_filters_choose_sources_and_workspaces(url, restate):
    corrupt(url)
    run = restate(DAY, sources=["meta"], workspaces=["juniper"])
    assert {row[1] for row in rows(url) if not is_corrupt(row)} == {NEW_YORK}
    task_states = states(run)
    assert task_states["meta.sync", 0] == "success"
    assert task_states["shopify.sync", -1] == "skipped"


def test_the_lookback_ends_with_the_day_of_the_run(url, dags):
    """Triggered manually for a point in time before the small world's today."""
    run = dags["restate"].test(logical_date=datetime(2026, 11, 20, 0, 0, 1, tzinfo=UTC), run_conf={"sources": ["meta"]})
    assert run.state == "success"
    days = {day_of(row) for row in rows(url)}
    assert (min(days), max(days)) == (date(2026, 10, 23), date(2026, 11, 19))


@pytest.mark.parametrize("faults", [[Fault("meta", "server_error", path="/insights")]])
def test_an_outage_makes_the_run_partial_and_blocks_no_other_source(url, restate, capfd):
    run = restate(DAY)
    task_states = states(run)
    assert str(run.state) == "failed"
    assert task_states["shopify.sync", 0] == "success"
    assert (task_states["meta.sync", 0], task_states["report", -1]) == ("failed", "failed")
    assert {row[0] for row in rows(url)} == {"shopify"}
    assert "PARTIAL: 2 of 3 accounts failed: meta 901234567890 (acme): " in capfd.readouterr().out


def test_an_invalid_parameter_fails_the_run_with_one_message(url, restate, capfd):
    run = restate(since="2026-11-09", sources=["mta"])
    task_states = states(run)
    assert task_states["scope", -1] == "failed"
    assert task_states["meta.sync", -1] == "upstream_failed"
    output = capfd.readouterr().out
    assert "unknown source 'mta' (expected one of meta, tiktok" in output
    assert "PARTIAL: nothing was read: task `scope` failed (see its log)" in output
    assert rows(url) == []
