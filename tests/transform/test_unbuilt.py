import json
from datetime import timedelta

import psycopg
import pytest

from adsync.transform.unbuilt import LEFT_ALONE, look, remember, selection

pytestmark = pytest.mark.usefixtures("connection")
NODES = {"resource_type": "model", "name": "orders", "schema": "marts", "alias": "orders"}
SOURCES = {
    "resource_type": "source",
    "source_name": "raw",
    "name": "campaigns_of_meta",
    "schema": "raw",
    "identifier": "meta_campaigns",
}
LAND = (
    "insert into raw.meta_campaigns (account_id, record_key, payload, observed_at, run_id)"
    " values ('901', %s, '{}', now(), 'r1')"
)
WORKSPACE = "insert into adsync.workspaces (workspace_id, name, currency, timezone) values ('w', 'W', 'SAR', %s)"
ONLY_THE_CLOCK = ("--select", "tag:clock", "--exclude", *LEFT_ALONE)


@pytest.fixture
def connection(warehouse_url):
    with psycopg.connect(warehouse_url, autocommit=True) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.orders (id integer)")
        yield connection


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "orders.sql").write_text("select 1 as id")
    return folder


@pytest.fixture
def manifest(tmp_path):
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps({"nodes": {"model.p.orders": NODES}, "sources": {"source.p.raw": SOURCES}, "docs": {}}))
    return file


def write(connection, statement, *values):
    """Run a statement, and let PostgreSQL tell its counters now and not within a second."""
    connection.execute(statement, values)
    connection.execute("select pg_stat_force_next_flush()")


def test_before_the_first_good_build_anything_may_be_new(warehouse_url, project):
    assert selection(warehouse_url, look(warehouse_url, project)) is None


def test_without_a_written_row_only_what_reads_the_clock_is_looked_at(warehouse_url, project, manifest):
    remember(warehouse_url, look(warehouse_url, project), manifest)
    assert selection(warehouse_url, look(warehouse_url, project)) == ONLY_THE_CLOCK


def test_a_table_that_was_written_is_named_as_dbt_names_it(warehouse_url, connection, project, manifest):
    remember(warehouse_url, look(warehouse_url, project), manifest)
    write(connection, LAND, "c1")
    assert selection(warehouse_url, look(warehouse_url, project))[:3] == (
        *ONLY_THE_CLOCK[:2],
        "source:raw.campaigns_of_meta+",
    )
    # By hand, too: what was made of it is made again.
    write(connection, "insert into marts.orders values (1)")
    assert "orders+" in selection(warehouse_url, look(warehouse_url, project))


def test_rows_that_land_while_dbt_runs_are_for_the_next_build(warehouse_url, connection, project, manifest):
    sight = look(warehouse_url, project)
    write(connection, LAND, "late")
    write(connection, "insert into marts.orders values (1)")
    remember(warehouse_url, sight, manifest)
    chosen = selection(warehouse_url, look(warehouse_url, project))
    assert "source:raw.campaigns_of_meta+" in chosen
    assert "orders+" not in chosen, "dbt itself wrote it"


def test_a_changed_file_makes_everything_new_and_dbts_own_files_do_not(warehouse_url, project, manifest):
    remember(warehouse_url, look(warehouse_url, project), manifest)
    (project / "target").mkdir()
    (project / "target" / "manifest.json").write_text("{}")
    assert selection(warehouse_url, look(warehouse_url, project)) == ONLY_THE_CLOCK
    (project / "models" / "orders.sql").write_text("select 2 as id")
    assert selection(warehouse_url, look(warehouse_url, project)) is None


@pytest.mark.parametrize(("zone", "begins"), [("Asia/Riyadh", True), ("UTC", False)])
def test_a_day_that_begins_anywhere_makes_everything_new(zone, begins, warehouse_url, connection, project, manifest):
    write(connection, WORKSPACE, zone)
    sight = look(warehouse_url, project)
    remember(warehouse_url, sight, manifest)
    midnight = sight.at.replace(hour=21, minute=0, second=0, microsecond=0)
    connection.execute("update adsync.last_build set started_at = %s", (midnight - timedelta(minutes=1),))
    just_after = type(sight)(sight.project, midnight + timedelta(minutes=1), sight.versions)
    assert (selection(warehouse_url, just_after) is None) is begins
