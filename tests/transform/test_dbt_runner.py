import logging
import re
from datetime import timedelta

import psycopg
import pytest

from adsync.transform import dbt_runner
from adsync.transform.dbt_runner import Project, TransformFailed, environment
from adsync.transform.selection import BuildRequest, take_snapshot

PROJECT = """
name: tiny
profile: tiny
model-paths: [models]
"""
PROFILE = """
tiny:
  target: warehouse
  outputs:
    warehouse:
      type: postgres
      host: "{{ env_var('PGHOST') }}"
      port: "{{ env_var('PGPORT') | int }}"
      user: "{{ env_var('PGUSER') }}"
      password: "{{ env_var('PGPASSWORD') }}"
      dbname: "{{ env_var('PGDATABASE') }}"
      schema: marts
      threads: 1
"""
SELECTORS = """
selectors:
  - {name: hourly, definition: {union: [{method: fqn, value: "*"}, {exclude: [{method: tag, value: nightly}]}]}}
"""
TESTED = "models: [{name: orders, columns: [{name: id, data_tests: [not_null]}]}]"


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILE)
    (folder / "selectors.yml").write_text(SELECTORS)
    (folder / "models" / "orders.sql").write_text("select 1 as id")
    return Project(folder, tmp_path / "target")


def build(url, project, request=None, **words):
    dbt_runner.build(url, project, take_snapshot(url, project.folder), request, run_id="r1", **words)


def test_a_good_project_is_built_and_dbt_is_heard_line_by_line(project, warehouse_url, caplog):
    caplog.set_level(logging.INFO, "adsync.transform.dbt_runner")
    build(warehouse_url, project)
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select id from marts.orders").fetchone() == (1,)
    assert any("Completed successfully" in record.getMessage() for record in caplog.records)
    assert not any("\x1b" in record.getMessage() for record in caplog.records)
    assert not list(project.folder.glob("target")), "dbt writes below its own target path only"
    assert not list(project.folder.glob("logs"))


def test_a_failed_node_is_named_with_its_first_message(project, warehouse_url):
    (project.folder / "models" / "broken.sql").write_text("select no_such_column")
    with pytest.raises(TransformFailed, match=r"dbt build failed at broken: .*no_such_column") as caught:
        build(warehouse_url, project)
    assert "\n" not in str(caught.value)


def test_a_failure_in_what_has_changed_is_told_in_the_same_words(project, warehouse_url):
    (project.folder / "models" / "_raw.yml").write_text("sources: [{name: raw, tables: [{name: meta_campaigns}]}]")
    (project.folder / "models" / "share.sql").write_text(
        "{{ config(materialized='table') }} select 1 / (1 - count(*)) as n from {{ source('raw', 'meta_campaigns') }}"
    )
    build(warehouse_url, project)
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(
            "insert into raw.meta_campaigns (account_id, record_key, payload, observed_at, run_id)"
            " values ('901', 'c', '{}', now(), 'r1')"
        )
    with pytest.raises(TransformFailed, match=r"dbt build failed at share: .*division by zero") as caught:
        build(warehouse_url, project)
    assert "Done." not in str(caught.value)


def test_a_failed_test_is_a_failed_build(project, warehouse_url):
    (project.folder / "models" / "orders.sql").write_text("select null::int as id")
    (project.folder / "models" / "_models.yml").write_text(TESTED)
    with pytest.raises(TransformFailed, match=r"not_null_orders_id.*Got 1 result"):
        build(warehouse_url, project)


def test_a_project_that_does_not_parse_says_why(project, warehouse_url):
    (project.folder / "models" / "orders.sql").write_text("{{ ref('nowhere') }}")
    with pytest.raises(TransformFailed, match=r"before it ran a model.*nowhere"):
        build(warehouse_url, project)


def test_only_a_nightly_build_runs_the_tests_that_read_all_of_history(project, warehouse_url):
    (project.folder / "models" / "orders.sql").write_text("select null::int as id")
    nightly = TESTED.replace("not_null", "not_null: {config: {tags: nightly}}")
    (project.folder / "models" / "_models.yml").write_text(nightly)
    for _ in range(2):
        build(warehouse_url, project)
    with pytest.raises(TransformFailed, match="not_null_orders_id"):
        build(warehouse_url, project, BuildRequest(nightly=True))


def test_a_build_looks_at_what_was_written_since_the_last_good_one_and_at_no_more(project, warehouse_url, caplog):
    caplog.set_level(logging.INFO, "adsync.transform.dbt_runner")
    (project.folder / "models" / "totals.sql").write_text("{{ config(materialized='table') }} select 1 as n")
    (project.folder / "models" / "report.sql").write_text(
        "{{ config(materialized='table') }} select sum(n) as n from {{ ref('totals') }}"
    )
    build(warehouse_url, project)
    assert looked_at(caplog) == ["report", "totals"]
    build(warehouse_url, project)
    assert looked_at(caplog) == []
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("insert into marts.totals values (1)")
    build(warehouse_url, project)
    assert looked_at(caplog) == ["report", "totals"]


def test_after_a_failed_build_the_next_one_looks_at_the_same_again(project, warehouse_url):
    (project.folder / "models" / "_models.yml").write_text(TESTED)
    build(warehouse_url, project)
    (project.folder / "models" / "orders.sql").write_text("select null::int as id")
    for _ in range(2):
        with pytest.raises(TransformFailed, match="not_null_orders_id"):
            build(warehouse_url, project)


def test_a_changed_model_is_rebuilt_from_raw_with_all_that_read_it(project, warehouse_url, caplog):
    caplog.set_level(logging.INFO, "adsync.transform.dbt_runner")
    grown = "{{ config(materialized='incremental') }} select 1 as n {% if is_incremental() %} where false {% endif %}"
    (project.folder / "models" / "totals.sql").write_text(grown)
    (project.folder / "models" / "report.sql").write_text(
        "{{ config(materialized='table') }} select sum(n) as n from {{ ref('totals') }}"
    )
    build(warehouse_url, project)
    (project.folder / "models" / "totals.sql").write_text(grown.replace("1 as n", "2 as n"))
    # The folder of another machine: only the warehouse knows what was built.
    build(warehouse_url, Project(project.folder, project.target.with_name("elsewhere")))
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select n from marts.report").fetchone() == (2,)
    assert not any("sql view model marts.orders" in record.getMessage() for record in caplog.records[-40:])


def test_a_changed_description_rebuilds_nothing(project, warehouse_url, caplog):
    caplog.set_level(logging.INFO, "adsync.transform.dbt_runner")
    build(warehouse_url, project)
    caplog.clear()
    (project.folder / "models" / "_models.yml").write_text("models: [{name: orders, description: One row per order.}]")
    build(warehouse_url, project)
    assert not any("model marts.orders" in record.getMessage() for record in caplog.records)


def test_a_run_can_be_asked_for_one_model(project, warehouse_url, caplog):
    caplog.set_level(logging.INFO, "adsync.transform.dbt_runner")
    (project.folder / "models" / "totals.sql").write_text("{{ config(materialized='table') }} select 1 as n")
    build(warehouse_url, project, BuildRequest(select=("totals",)))
    assert looked_at(caplog) == ["totals"]
    assert not any("model marts.orders" in record.getMessage() for record in caplog.records)
    # It is no whole build: the next run builds everything.
    build(warehouse_url, project)
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select id from marts.orders").fetchone() == (1,)


def looked_at(caplog) -> list[str]:
    """The tables that dbt made in the build just heard."""
    said = " ".join(record.getMessage() for record in caplog.records)
    caplog.clear()
    return sorted(re.findall(r"OK created sql table model marts\.(\w+)", said))


def test_a_build_that_takes_too_long_is_killed(project, warehouse_url):
    with pytest.raises(TransformFailed, match=r"took longer than 0:00:00\.2"):
        build(warehouse_url, project, limit=timedelta(seconds=0.2))


def test_dbt_gets_the_warehouse_by_libpqs_own_variables():
    variables = environment("postgresql://adsync:p%40ss@db.example:5433/warehouse?sslmode=require")
    assert variables == {
        "PGHOST": "db.example",
        "PGPORT": "5433",
        "PGUSER": "adsync",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "warehouse",
        "PGSSLMODE": "require",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
