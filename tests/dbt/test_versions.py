"""What is left alone, and what is not: unchanged inputs, changed rows, changed code, a test that has failed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import psycopg
import pytest
import small_world as world
from dbt_process import NOW, ONLY_DATA, PROJECT, dbt, python, rows
from raw_rows import Load

# They read sync_health, and that the clock.
ALWAYS = {"consistency_issues", "dashboard_metrics"}
TOTALS = "spend_reconciles_from_mart_to_totals"


def built(scratch) -> set[str]:
    """The models, seeds and views that the last run did not leave alone."""
    results = json.loads((scratch / "run_results.json").read_text())["results"]
    nodes = [node for node in results if node["unique_id"].split(".")[0] in {"model", "seed"}]
    return {node["unique_id"].split(".")[2] for node in nodes if node["message"] != "UNCHANGED"}


def test_a_build_leaves_alone_what_nothing_has_changed_for(built_copy, scratch):
    dbt(built_copy, scratch, *ONLY_DATA)
    dbt(built_copy, scratch, *ONLY_DATA)
    assert built(scratch) == ALWAYS
    with psycopg.connect(built_copy) as db:
        Load(db).order(world.STORE, 1001, world.MIDNIGHT, total="345.00", refunded="1.00")
    dbt(built_copy, scratch, *ONLY_DATA)
    assert {"int_orders", "orders", "attribution_events", "workspace_roas"} <= built(scratch)
    assert built(scratch) & {"int_ad_metrics", "campaign_metrics", "stg_shopify__orders", "fx_rates"} == set()


def run_changed(url: str, folder: Path, change: tuple[str, str, str], *models: str) -> None:
    """Run models of a copy of the project in which one file says something else."""
    copy, (file, old, new) = folder / "dbt_project", change
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns("target", "logs"))
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new))
    places = {"--project-dir": copy, "--profiles-dir": copy, "--target-path": folder, "--log-path": folder}
    words = [str(word) for pair in places.items() for word in pair]
    command = ["-m", "dbt.cli.main", "run", "--vars", f"{{as_of: '{NOW}'}}", "--select", *models]
    python(url, *command, *words)


def test_a_model_with_changed_code_is_made_anew_with_all_its_history(built_copy, tmp_path):
    tenfold = ("models/marts/campaign_metrics.sql", "'revenue', 'spend')", "'revenue', 'spend', factor=10)")
    run_changed(built_copy, tmp_path, tenfold, "campaign_metrics")
    wrong = "select 1 from marts.campaign_metrics where spend > 0 and roas <> round(10 * revenue / spend, 6)"
    assert rows(built_copy, "select 1 from marts.campaign_metrics where roas > 0")
    assert rows(built_copy, wrong) == []


def test_a_macro_that_only_an_incremental_run_calls_does_not_make_the_table_anew_in_its_middle(built_copy, tmp_path):
    """Anew with the rows of an incremental run, nearly all orders would be gone."""
    call = "{{ include_other_orders_of_same_customers('changed_orders') }}"
    every = "select *, true as is_changed from changed_orders"
    hidden = ("models/marts/orders.sql", call, f"{{% if is_incremental() %}}{call}{{% else %}}{every}{{% endif %}}")
    orders = "select platform, store_id, order_id from marts.orders order by 1, 2, 3"
    before = rows(built_copy, orders)
    for folder in ("anew", "grown"):
        (tmp_path / folder).mkdir()
        with psycopg.connect(built_copy) as db:
            Load(db).order(world.STORE, 1001, world.MIDNIGHT, total="345.00", refunded=f"{len(folder)}.00")
        run_changed(built_copy, tmp_path / folder, hidden, "int_orders", "orders")
        assert "orders" in built(tmp_path / folder)
    assert rows(built_copy, orders) == before != []


def test_a_table_notices_that_a_macro_of_a_view_it_reads_has_changed(built_copy, scratch, tmp_path):
    models = ("stg_tiktok__campaigns", "int_campaigns", "int_ads")
    dbt(built_copy, scratch, "run", "--select", *models)
    an_hour_off = ("macros/staging/timestamps.sql", "|| '+00' as timestamptz", "|| '+01' as timestamptz")
    run_changed(built_copy, tmp_path, an_hour_off, *models)
    assert built(tmp_path) == set(models[:2])


def test_the_past_can_be_asked_for_after_an_hourly_build(built_copy, scratch):
    with psycopg.connect(built_copy) as db:
        db.execute("drop function marts.metric_as_of")
        # What it reads is made anew.
        db.execute("comment on table intermediate.int_ad_metrics__versions is 'built from other code'")
    dbt(built_copy, scratch, *ONLY_DATA, "--selector", "hourly")
    known = rows(built_copy, "select spend from marts.metric_as_of('2200-01-01') order by 1")
    assert known == rows(built_copy, "select spend from marts.campaign_metrics order by 1") != []


def test_a_test_that_has_failed_fails_again_although_nothing_has_changed(built_copy, scratch):
    with psycopg.connect(built_copy) as db:
        db.execute("update marts.workspace_roas set spend = spend + 1 where platform = 'all'")
    for _ in range(2):
        with pytest.raises(AssertionError, match=TOTALS):
            dbt(built_copy, scratch, "build", "--select", TOTALS)
