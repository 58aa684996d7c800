import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from adsync.transform.selection import (
    FULL_REFRESH,
    HOURLY,
    UNCHANGED,
    BuildRequest,
    finish_run,
    is_due,
    is_first_today,
    record_build,
    select_nodes,
    take_snapshot,
)

NODES = {"resource_type": "model", "name": "orders", "schema": "marts", "alias": "orders"}
SOURCES = [("raw", "meta_campaigns"), ("raw", "observations"), ("adsync", "workspaces"), ("adsync", "sync_runs")]
LAND = (
    "insert into raw.meta_campaigns (account_id, record_key, payload, observed_at, run_id)"
    " values ('901', %s, '{}', now(), 'r1')"
)
WORKSPACE = "insert into adsync.workspaces (workspace_id, name, currency, timezone) values ('w', 'W', 'SAR', %s)"
WITHDRAW = (
    "insert into raw.observations (source, stream, account_id, record_key, metric_date, observed_at)"
    " values ('meta', 'campaign_metrics', '901', 'c1:2026-11-20', '2026-11-20', now())"
)
ONLY_THE_CLOCK = ("--select", "tag:clock", "--exclude", *UNCHANGED)
EVERYTHING = (FULL_REFRESH, *HOURLY)


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
    (folder / "dbt_project.yml").write_text("name: tiny")
    return folder


class Runs:
    """Whole runs of transform, as far as the journal sees them."""

    def __init__(self, url, project, folder):
        self.url, self.project, self.state = url, project, folder / "state"
        self.manifest, self.number = folder / "manifest.json", 0
        sources = {
            f"source.p.{name}": {"resource_type": "source", "source_name": schema, "name": f"the_{name}"}
            | {"schema": schema, "identifier": name}
            for schema, name in SOURCES
        }
        self.manifest.write_text(json.dumps({"nodes": {"model.p.orders": NODES}, "sources": sources, "docs": {}}))

    def look(self):
        return take_snapshot(self.url, self.project)

    def record(self, snapshot=None):
        self.number += 1
        record_build(self.url, f"run {self.number}", snapshot or self.look(), self.manifest)
        finish_run(self.url, f"run {self.number}")

    def is_due(self):
        """Whether a run is due; if so it builds."""
        snapshot = self.look()
        due = is_due(self.url, snapshot)
        if due:
            self.record(snapshot)
        return due

    def selected(self, request=None, snapshot=None):
        return list(select_nodes(self.url, snapshot or self.look(), request or BuildRequest(), self.state))


@pytest.fixture
def runs(warehouse_url, connection, project, tmp_path):
    connection.execute("select pg_stat_force_next_flush()")
    return Runs(warehouse_url, project, tmp_path)


def write(connection, statement, *values):
    """Run a statement, and let PostgreSQL publish its counters now and not within a second."""
    connection.execute(statement, values)
    connection.execute("select pg_stat_force_next_flush()")


def test_before_the_first_good_build_everything_is_built_from_raw(runs):
    assert runs.selected() == [EVERYTHING]


def test_without_a_written_row_only_what_reads_the_clock_is_built(runs):
    runs.record()
    assert runs.selected() == [ONLY_THE_CLOCK]


def test_a_table_that_was_written_is_named_as_dbt_names_it(runs, connection):
    runs.record()
    write(connection, LAND, "c1")
    [words] = runs.selected()
    assert words[:3] == (*ONLY_THE_CLOCK[:2], "source:raw.the_meta_campaigns+")
    # By hand, too: what was made of it is made again.
    write(connection, "insert into marts.orders values (1)")
    assert "orders+" in runs.selected()[0]


def test_no_change_depends_on_counters_that_arrive_late(runs):
    """They are published here only when the session ends."""
    runs.record()
    with psycopg.connect(runs.url) as session:
        session.execute(LAND, ("c1",))
        session.execute(WORKSPACE, ("UTC",))
        session.execute(WITHDRAW)
        session.commit()
        [words] = runs.selected()
    named = {"source:raw.the_meta_campaigns+", "source:raw.the_observations+", "source:adsync.the_workspaces+"}
    assert named <= set(words)


def test_rows_that_land_while_dbt_runs_are_for_the_next_build(runs, connection):
    snapshot = runs.look()
    write(connection, LAND, "late")
    write(connection, "insert into marts.orders values (1)")
    runs.record(snapshot)
    [words] = runs.selected()
    assert "source:raw.the_meta_campaigns+" in words
    assert "orders+" not in words, "dbt itself wrote it"


def test_rows_stamped_before_a_build_and_committed_after_it_are_not_missed(runs, connection):
    with psycopg.connect(runs.url) as slow:
        slow.execute(LAND, ("slow",))
        write(connection, LAND, "quick")
        assert runs.is_due()
    assert "source:raw.the_meta_campaigns+" in runs.selected()[0]
    assert runs.is_due()


def test_a_changed_file_rebuilds_what_it_changes_and_dbts_own_files_nothing(runs, project):
    runs.record()
    (project / "target").mkdir()
    (project / "target" / "manifest.json").write_text("{}")
    assert runs.selected() == [ONLY_THE_CLOCK]
    (project / "models" / "orders.sql").write_text("select 2 as id")
    changed, hourly = runs.selected()
    assert changed[:2] == (FULL_REFRESH, "--select")
    assert "state:modified.body+" in changed
    assert hourly == ONLY_THE_CLOCK
    assert (runs.state / "manifest.json").read_bytes() == runs.manifest.read_bytes()
    assert runs.is_due()


def test_a_changed_variable_rebuilds_everything(runs, project):
    runs.record()
    (project / "dbt_project.yml").write_text("{name: tiny, vars: {days: 8}}")
    assert runs.selected() == [EVERYTHING]


@pytest.mark.parametrize(("zone", "begins"), [("Asia/Riyadh", True), ("UTC", False)])
def test_a_day_that_begins_anywhere_builds_everything(zone, begins, runs, connection):
    write(connection, WORKSPACE, zone)
    snapshot = runs.look()
    runs.record(snapshot)
    midnight = snapshot.taken_at.replace(hour=21, minute=0, second=0, microsecond=0)
    connection.execute("update adsync.transform_runs set started_at = %s", (midnight - timedelta(minutes=1),))
    just_after = replace(snapshot, taken_at=midnight + timedelta(minutes=1))
    assert (runs.selected(snapshot=just_after) == [HOURLY]) is begins


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (BuildRequest(select=("orders", "touches+")), ("--select", "orders", "touches+")),
        (BuildRequest(select=("orders",), full_refresh=True), ("--select", "orders", FULL_REFRESH)),
        (BuildRequest(full_refresh=True), EVERYTHING),
        (BuildRequest(full_refresh=True, nightly=True), (FULL_REFRESH,)),
        (BuildRequest(force=True), HOURLY),
        (BuildRequest(nightly=True), ()),
    ],
)
def test_what_a_run_asks_for_is_built_whatever_has_changed(request_, words, runs):
    runs.record()
    assert runs.selected(request_) == [words]


def test_the_first_build_is_due_even_without_a_row(runs):
    assert [runs.is_due(), runs.is_due()] == [True, False]


def test_a_new_row_makes_one_build_due(runs, connection):
    runs.is_due()
    connection.execute(LAND, ("c1",))
    assert [runs.is_due(), runs.is_due()] == [True, False]


def test_a_withdrawn_row_makes_one_build_due(runs, connection):
    runs.is_due()
    connection.execute(WITHDRAW)
    assert [runs.is_due(), runs.is_due()] == [True, False]


def test_a_build_whose_run_did_not_finish_leaves_the_next_run_due(runs):
    record_build(runs.url, "r1", runs.look(), runs.manifest)
    assert is_due(runs.url, runs.look())
    assert runs.selected() == [ONLY_THE_CLOCK], "what was built is not built again"


def test_an_old_build_is_due_again_without_any_change(runs):
    runs.record()
    snapshot = runs.look()
    assert not is_due(runs.url, replace(snapshot, taken_at=datetime.now(UTC) + timedelta(minutes=39)))
    assert is_due(runs.url, replace(snapshot, taken_at=datetime.now(UTC) + timedelta(minutes=41)))


def test_clearing_a_run_records_it_again(runs, connection):
    record_build(runs.url, "r1", runs.look(), runs.manifest)
    through = datetime(2026, 11, 1, tzinfo=UTC)
    record_build(runs.url, "r1", replace(runs.look(), settled=through), runs.manifest)
    assert connection.execute("select run_id, raw_through from adsync.transform_runs").fetchall() == [("r1", through)]


def test_the_journal_keeps_what_only_the_newest_build_was_made_from(runs, connection):
    runs.record()
    runs.record()
    query = "select run_id, tables is not null, manifest is not null from adsync.transform_runs order by run_id"
    assert connection.execute(query).fetchall() == [("run 1", False, False), ("run 2", True, True)]


def test_the_first_build_of_a_day_is_known_by_the_last_ones_date(runs, connection):
    assert is_first_today(runs.url, runs.look())
    runs.record()
    assert not is_first_today(runs.url, runs.look())
    connection.execute("update adsync.transform_runs set finished_at = now() - interval '1 day'")
    assert is_first_today(runs.url, runs.look())
