"""The whole flow, once: the real DAGs against the sandbox over HTTP, real PostgreSQL, real Redis, real dbt."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
import redis
from airflow.dag_processing.dagbag import DagBag
from cryptography.fernet import Fernet
from psycopg.rows import dict_row

from adsync import registry
from adsync.api import rate_limiter
from adsync_demo import answer_check
from adsync_demo.airflow_runtime import environment
from adsync_sandbox.generator.world import World
from adsync_sandbox.server.app import create_app
from adsync_sandbox.server.files import write_files
from sandbox_fixtures import serving

FOLDER = Path(__file__).resolve().parents[1] / "dags"
PERIODS = {"today", "7_days", "30_days", "90_days"}
FIGURES = {"total_spend", "total_revenue", "roas", "impressions", "clicks", "conversions", "ctr", "cpc"}
META = {"as_of", "currency", "timezone", "complete", "provisional_from", "stale_accounts"}
# The platforms here finish their reports at the second poll, however soon that is.
POLL_SECONDS = 0.2
# And bear a minute's calls at once: that budgets hold is shown elsewhere.
BURST = 60.0
# Their content is the age of things: it moves with the clock.
MOVING = {"sync_health"}


class Pipeline:
    """What a run leaves behind: states of its tasks, rows, cache."""

    def __init__(self, url: str, cache: redis.Redis, key: dict) -> None:
        self.url, self.cache, self.key = url, cache, key
        self.states: dict[str, str] = {}
        self.ended_at = datetime.now(UTC)

    def run(self, *dag_ids: str) -> None:
        dags = DagBag(FOLDER, bundle_name="dags-folder", bundle_path=FOLDER).dags
        for dag_id in dag_ids or (*(f"sync_{source}" for source in registry.names()), "transform"):
            if "sync" in dags[dag_id].task_ids:
                dags[dag_id].get_task("sync").partial_kwargs["poll_seconds"] = POLL_SECONDS
            self.states[dag_id] = str(dags[dag_id].test().state)
        self.ended_at = datetime.now(UTC)

    def rows(self, query: str) -> list[dict]:
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()

    def tables(self, schema: str) -> list[str]:
        listed = self.rows(
            f"select table_name from information_schema.tables where table_schema = '{schema}' order by table_name"
        )
        return [row["table_name"] for row in listed]

    def contents(self, schema: str, leave_out: set[str] = frozenset()) -> dict[str, tuple]:
        """Per table: how many rows, and one checksum over all of them, loaded_at and all."""
        query = "select count(*), sum(hashtextextended(content::text, 0)) from {}.{} as content"
        with psycopg.connect(self.url) as connection:
            return {
                table: connection.execute(query.format(schema, table)).fetchone()
                for table in self.tables(schema)
                if table not in leave_out
            }

    def cached(self) -> dict[str, dict]:
        names = sorted(self.cache.keys("dashboard_metrics:*"))
        return {name.decode(): json.loads(self.cache.get(name)) for name in names}


@pytest.fixture(scope="module")
def pipeline(airflow_metadata, local_servers, tmp_path_factory) -> Iterator[Pipeline]:
    del airflow_metadata  # its tables have to be there, that is all
    state = tmp_path_factory.mktemp("pipeline")
    with psycopg.connect(local_servers.database_url("postgres"), autocommit=True) as connection:
        connection.execute("create database pipeline")
    # Few orders in the shops whose platforms want a call for each.
    world = World.create(1, datetime.now(UTC), sales=2)
    with serving(create_app(world)) as base_url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(rate_limiter, "BURST", BURST)
        write_files(world, base_url, state)
        connections = json.loads((state / "connections.json").read_text())
        for name, value in {
            **environment.platforms(connections),
            "ADSYNC_CONFIG": str(state / "workspaces.yaml"),
            "ADSYNC_STATE": str(state),
            "ADSYNC_TOKEN_KEY": Fernet.generate_key().decode(),
            "AIRFLOW_CONN_ADSYNC_WAREHOUSE": local_servers.database_url("pipeline"),
            "AIRFLOW_CONN_ADSYNC_REDIS": local_servers.redis_url,
            "MAX_RETRY_ATTEMPTS": "0",
        }.items():
            patch.setenv(name, value)
        key = json.loads((state / "answer_key.json").read_text())
        cache = redis.Redis.from_url(local_servers.redis_url)
        cache.flushdb()
        pipeline = Pipeline(os.environ["AIRFLOW_CONN_ADSYNC_WAREHOUSE"], cache, key)
        pipeline.run()
        yield pipeline
        cache.close()


def test_every_dag_is_green(pipeline):
    assert set(pipeline.states) == {*(f"sync_{source}" for source in registry.names()), "transform"}
    assert set(pipeline.states.values()) == {"success"}


def test_stored_numbers_equal_the_answer_key_to_the_cent(pipeline):
    with psycopg.connect(pipeline.url) as connection:
        assert answer_check.differences(connection, pipeline.key) == []


def test_exactly_the_planted_alerts_are_open_episodes(pipeline):
    episodes = pipeline.rows(
        "select workspace_id, platform, campaign_id, last_date::text as date, type from adsync.alerts"
    )
    assert sorted(map(sorted_items, episodes)) == sorted(map(sorted_items, pipeline.key["alerts"]))
    assert pipeline.rows("select * from adsync.alerts where status <> 'open' or delivered_at is null") == []


def test_exactly_the_planted_issues_are_found(pipeline):
    found = pipeline.rows("select workspace_id, type, campaign_id, date::text from marts.consistency_issues")
    assert sorted(map(sorted_items, found)) == sorted(map(sorted_items, pipeline.key["issues"]))


def sorted_items(row: dict) -> list[tuple[str, str]]:
    return sorted((name, str(value)) for name, value in row.items())


def test_what_is_attributed_and_what_is_not_make_up_the_stores_revenue(pipeline):
    assert (
        pipeline.rows(
            """
            select workspace_id, outcome_sum, store_sum
            from (
                select workspace_id, sum(net_reporting) as store_sum from marts.orders group by 1
            ) as stores
            full join (
                select orders.workspace_id, sum(orders.net_reporting) as outcome_sum
                from marts.attribution_decisions as decisions
                inner join marts.orders as orders
                    on decisions.store_platform = orders.platform
                    and decisions.store_id = orders.store_id
                    and decisions.order_id = orders.order_id
                group by 1
            ) as decided using (workspace_id)
            where outcome_sum is distinct from store_sum
            """
        )
        == []
    )


def test_the_cache_holds_every_workspace_in_the_agreed_shape_for_an_hour_at_most(pipeline):
    cached = pipeline.cached()
    assert set(cached) == {f"dashboard_metrics:{row['workspace_id']}" for row in pipeline.key["workspace_roas"]}
    for name, snapshot in cached.items():
        assert set(snapshot) == PERIODS | {"meta"}
        assert all(set(snapshot[period]) == FIGURES for period in PERIODS)
        assert set(snapshot["meta"]) == META
        assert 1 <= pipeline.cache.ttl(name) <= 3600


def test_the_cached_figures_are_those_of_the_answer_key(pipeline):
    """Seven days of the workspace's zone, added up from the key: an account further east may be a day ahead."""
    for name, snapshot in pipeline.cached().items():
        today = pipeline.ended_at.astimezone(ZoneInfo(snapshot["meta"]["timezone"])).date()
        days = {str(today - timedelta(days=age)) for age in range(7)}
        week = [
            row
            for row in pipeline.key["workspace_roas"]
            if name.endswith(f":{row['workspace_id']}") and row["platform"] == "all" and row["date"] in days
        ]
        for figure, column in (("total_spend", "spend"), ("total_revenue", "attributed_revenue")):
            assert snapshot["7_days"][figure] == pytest.approx(sum(float(row[column]) for row in week), abs=0.01)


def test_no_token_and_no_customer_is_stored_in_clear(pipeline):
    secrets = [
        value["password"]
        for value in json.loads(Path(os.environ["ADSYNC_STATE"], "connections.json").read_text()).values()
    ]
    hidden = [f"%{secret}%" for secret in (*secrets, "gid://shopify/Customer/")]
    with psycopg.connect(pipeline.url) as connection:
        for table in (f"{schema}.{name}" for schema in ("raw", "marts", "adsync") for name in pipeline.tables(schema)):
            shown = connection.execute(
                f"select t::text from {table} as t where t::text like any(%s) limit 1", (hidden,)
            )
            assert shown.fetchall() == [], table


def test_a_second_pass_writes_nothing_and_shows_the_same(pipeline):
    before = pipeline.contents("raw"), pipeline.contents("marts", MOVING), pipeline.cached()
    episodes = pipeline.rows("select * from adsync.alerts order by alert_id")
    pipeline.run()
    assert pipeline.contents("raw") == before[0]
    assert pipeline.contents("marts", MOVING) == before[1]
    assert pipeline.cached() == before[2]
    assert pipeline.rows("select * from adsync.alerts order by alert_id") == episodes


def test_marts_that_are_built_again_from_the_same_rows_are_the_same(pipeline):
    """With nothing new transform skips its build; here it is made to build, and only the age of things may differ."""
    ageing = MOVING | {"dashboard_metrics"}
    before, shown = pipeline.contents("marts", ageing), pipeline.cached()
    with psycopg.connect(pipeline.url) as connection:
        connection.execute("delete from adsync.transform_runs")
    pipeline.run("transform")
    assert pipeline.states["transform"] == "success"
    assert pipeline.rows("select count(*) from adsync.transform_runs") == [{"count": 1}]
    assert pipeline.contents("marts", ageing) == before
    assert [without_age(each) for each in pipeline.cached().values()] == [without_age(each) for each in shown.values()]


def without_age(snapshot: dict) -> dict:
    return {**snapshot, "meta": {**snapshot["meta"], "as_of": None}}
