"""The project is stock dbt: what an analyst knows of dbt holds here, and rebuilding one table leaves no hole."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import psycopg
import pytest
import small_world as world
from dbt_process import NOW, ONLY_DATA, PROJECT, dbt, python, rows, tables
from psycopg.sql import SQL, Identifier
from raw_rows import Load

MATERIALIZATIONS = {"view", "table", "incremental", "ephemeral"}
STRATEGIES = {"delete+insert", "append"}
OVERRIDES = re.compile(r"materialization |graph\.update|create trigger|get_incremental_\w+_sql|should_full_refresh")
DEV = f"dev_{os.environ.get('USER', 'local')}"
DEVELOPED = ("campaign_metrics", "campaign_days", "workspace_roas")
READS_THEM = ("campaign_days", "alert_checks", "order_explanations", "sync_health", "consistency_issues")
SCHEMAS = "select table_schema, count(*) as relations from information_schema.tables group by 1 order by 1"
FILES = """
    select relnamespace::regnamespace || '.' || relname as relation, oid, relfilenode from pg_class
    where relnamespace in ('marts'::regnamespace, 'intermediate'::regnamespace, 'staging'::regnamespace)
    and relkind in ('r', 'v') order by 1"""
UNDESCRIBED = """
    select relation.relname as relation, columns.attname as column
    from pg_class as relation inner join pg_attribute as columns on columns.attrelid = relation.oid
    where relation.relnamespace = 'marts'::regnamespace and relation.relkind in ('r', 'v')
        and columns.attnum > 0 and not columns.attisdropped
        and num_nulls(obj_description(relation.oid, 'pg_class'), col_description(relation.oid, columns.attnum)) > 0"""


def test_models_use_dbts_own_materializations_and_strategies(manifest):
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert {node["config"]["materialized"] for node in models} <= MATERIALIZATIONS
    incremental = [node for node in models if node["config"]["materialized"] == "incremental"]
    assert {node["config"]["incremental_strategy"] for node in incremental} <= STRATEGIES


def test_no_macro_overrides_what_dbt_does():
    found = {path.name: OVERRIDES.findall(path.read_text()) for path in PROJECT.glob("macros/**/*.sql")}
    assert {name: words for name, words in found.items() if words} == {}


def test_a_view_reads_nothing_that_dbt_drops(manifest):
    """dbt replaces a table or a view by another one and drops the old one with all views that read it."""
    views = [node for node in manifest["nodes"].values() if node["config"]["materialized"] == "view"]
    read = {(view["name"], parent) for view in views for parent in view["depends_on"]["nodes"]}
    assert {(name, parent) for name, parent in read if parent.split(".")[0] not in {"source", "function"}} == set()


def test_rows_deleted_from_a_table_come_back_with_its_next_build(built_copy, scratch):
    before = rows(built_copy, "select * from marts.campaigns order by 1, 2, 3, 4")
    with psycopg.connect(built_copy) as db:
        db.execute("delete from marts.campaigns where platform = 'meta'")
    dbt(built_copy, scratch, "build", "--select", "campaigns")
    assert rows(built_copy, "select * from marts.campaigns order by 1, 2, 3, 4") == before != []


@pytest.mark.parametrize("words", [(), ("--full-refresh",)], ids=["build", "full refresh"])
def test_a_table_rebuilt_with_changed_code_leaves_every_relation_that_reads_it(words, built_copy, tmp_path):
    before = {row["relation"] for row in rows(built_copy, FILES)}
    tenfold = ("models/marts/campaign_metrics.sql", "'revenue', 'spend')", "'revenue', 'spend', factor=10)")
    build_changed(built_copy, tmp_path, tenfold, "--select", "campaign_metrics", *words)
    assert before - {row["relation"] for row in rows(built_copy, FILES)} == set()
    for name in READS_THEM:
        assert rows(built_copy, SQL("select * from {}").format(Identifier("marts", name))) != []
    assert rows(built_copy, "select * from marts.metric_as_of(now())") != []
    wrong = "select 1 from marts.campaign_metrics where spend > 0 and roas <> round(10 * revenue / spend, 6)"
    assert (rows(built_copy, wrong) == []) is bool(words)


def build_changed(url: str, folder: Path, change: tuple[str, str, str], *words: str) -> None:
    """Build with a copy of the project in which one file says something else."""
    copy, (file, old, new) = folder / "dbt_project", change
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns("target", "logs"))
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new))
    places = {"--project-dir": copy, "--profiles-dir": copy, "--target-path": folder, "--log-path": folder}
    settings = [str(word) for pair in places.items() for word in pair] + ["--vars", f"{{as_of: '{NOW}'}}"]
    python(url, "-m", "dbt.cli.main", "build", "--exclude-resource-type", "unit_test", *settings, *words)


def test_the_target_dev_writes_only_to_the_developers_own_schemas(built_copy, scratch):
    production, state = (tables(built_copy), rows(built_copy, FILES)), scratch / "state"
    state.mkdir(exist_ok=True)
    dbt(built_copy, scratch, "parse")
    shutil.copy(scratch / "manifest.json", state)
    own = {row["table_schema"] for row in rows(built_copy, SCHEMAS)}
    deferred = ("--target", "dev", "--defer", "--state", str(state))
    dbt(built_copy, scratch / "dev", "run", *deferred, "--select", *DEVELOPED)
    assert (tables(built_copy), rows(built_copy, FILES)) == production
    written = {row["table_schema"] for row in rows(built_copy, SCHEMAS)} - own
    assert written == {f"{DEV}_intermediate", f"{DEV}_marts"}
    here, there = "select * from marts.campaign_days order by 1, 2, 3, 4, 5", f"{DEV}_marts.campaign_days"
    assert rows(built_copy, here.replace("marts.campaign_days", there)) == rows(built_copy, here) != []


def test_descriptions_are_comments_in_the_database(built):
    assert rows(built, UNDESCRIBED) == []


def test_settings_are_kept_of_every_account_also_where_it_has_no_row(built_copy):
    query = "select relation from intermediate.int_settings__applied where place = '{shopify,acme.myshopify.com}'"
    assert {row["relation"] for row in rows(built_copy, query)} == {
        "intermediate.int_ad_metrics__changes",
        "intermediate.int_orders__ranked_touches",
        "intermediate.int_orders__touch_paths",
        "marts.attribution_credits",
        "marts.attribution_decisions",
        "marts.attribution_events",
        "marts.campaign_metrics",
        "marts.orders",
    }


def test_a_changed_order_is_all_that_is_written_of_the_orders(built_copy, scratch):
    # The customer's other orders may have become first ones.
    same = "(select customer_hash from marts.orders where number = '#1001')"
    orders = f"select order_id, xmin from marts.orders where customer_hash <> {same} order by 1"
    before = rows(built_copy, orders)
    with psycopg.connect(built_copy) as db:
        Load(db).order(world.STORE, 1001, world.MIDNIGHT, total="345.00", refunded="1.00")
    dbt(built_copy, scratch, *ONLY_DATA)
    assert rows(built_copy, orders) == before != []
    [changed] = rows(built_copy, "select refunded from marts.orders where order_id = 'gid://shopify/Order/1001'")
    assert changed["refunded"] == 1
    # It no longer has a visit.
    assert rows(built_copy, "select 1 from marts.touches where order_id = 'gid://shopify/Order/1001'") == []


def test_a_mart_can_be_shown(built_copy, scratch):
    dbt(built_copy, scratch, "show", "--select", "workspace_roas")


def test_the_past_can_be_asked_for_after_an_hourly_build(built_copy, scratch):
    with psycopg.connect(built_copy) as db:
        db.execute("drop function marts.metric_as_of")
    dbt(built_copy, scratch, *ONLY_DATA, "--selector", "hourly", "--full-refresh")
    known = rows(built_copy, "select spend from marts.metric_as_of('2200-01-01') order by 1")
    assert known == rows(built_copy, "select spend from marts.campaign_metrics order by 1") != []


def test_the_documentation_opens_on_a_page_about_adsync(built, scratch):
    dbt(built, scratch / "docs", "docs", "generate", "--empty-catalog")
    overview = json.loads((scratch / "docs" / "manifest.json").read_text())["docs"]["doc.adsync.__overview__"]
    assert "adsync" in overview["block_contents"]
