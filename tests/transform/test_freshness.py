from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from adsync.transform.freshness import RawState, build_due, first_today, raw_state, record_build

LAND = (
    "insert into raw.meta_campaigns (account_id, record_key, payload, observed_at, run_id)"
    " values ('901', %s, '{}', now(), 'r1')"
)


@pytest.fixture
def connection(warehouse_url):
    with psycopg.connect(warehouse_url, autocommit=True) as connection:
        yield connection


def build(url):
    """A whole run of transform, as far as freshness sees it: was it due?"""
    raw = raw_state(url)
    due = build_due(url, raw)
    if due:
        record_build(url, f"run {datetime.now(UTC)}", raw.settled)
    return due


def test_the_first_build_is_due_even_without_a_row(warehouse_url):
    raw = raw_state(warehouse_url)
    assert (raw.newest, raw.settled) == (None, None)
    assert [build(warehouse_url), build(warehouse_url)] == [True, False]


def test_a_new_row_makes_one_build_due(warehouse_url, connection):
    build(warehouse_url)
    connection.execute(LAND, ("c1",))
    assert [build(warehouse_url), build(warehouse_url)] == [True, False]


def test_rows_that_land_during_a_build_are_the_next_builds(warehouse_url, connection):
    connection.execute(LAND, ("c1",))
    before = raw_state(warehouse_url)
    connection.execute(LAND, ("c2",))
    record_build(warehouse_url, "r1", before.settled)
    assert build(warehouse_url)


def test_rows_stamped_before_a_build_and_committed_after_it_are_not_missed(warehouse_url, connection):
    with psycopg.connect(warehouse_url) as slow:
        slow.execute(LAND, ("slow",))
        connection.execute(LAND, ("quick",))
        assert build(warehouse_url)
    assert build(warehouse_url)


def test_a_withdrawn_row_makes_one_build_due(warehouse_url, connection):
    build(warehouse_url)
    connection.execute(
        "insert into raw.observations (source, stream, account_id, record_key, metric_date, observed_at)"
        " values ('meta', 'campaign_metrics', '901', 'c1:2026-11-20', '2026-11-20', now())"
    )
    assert [build(warehouse_url), build(warehouse_url)] == [True, False]


def test_an_old_build_is_due_again_without_any_change(warehouse_url):
    record_build(warehouse_url, "r1", None)
    now = datetime.now(UTC)
    assert not build_due(warehouse_url, RawState(now + timedelta(minutes=39), None, None))
    assert build_due(warehouse_url, RawState(now + timedelta(minutes=41), None, None))


def test_clearing_a_run_records_it_again(warehouse_url, connection):
    record_build(warehouse_url, "r1", None)
    through = datetime(2026, 11, 1, tzinfo=UTC)
    record_build(warehouse_url, "r1", through)
    assert connection.execute("select run_id, raw_through from adsync.transform_runs").fetchall() == [("r1", through)]


def test_the_first_build_of_a_day_is_known_by_the_last_ones_date(warehouse_url, connection):
    raw = raw_state(warehouse_url)
    assert first_today(warehouse_url, raw)
    record_build(warehouse_url, "r1", raw.settled)
    assert not first_today(warehouse_url, raw_state(warehouse_url))
    connection.execute("update adsync.transform_runs set finished_at = now() - interval '1 day'")
    assert first_today(warehouse_url, raw_state(warehouse_url))
