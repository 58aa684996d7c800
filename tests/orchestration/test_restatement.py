from datetime import UTC, date, datetime

import psycopg
import pytest

from adsync import registry
from adsync.errors import ConfigError
from adsync.orchestration.restatement import check_workspaces, parse_params
from adsync.ranges import DateRange

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
DAY = date(2026, 11, 21)


def parse(backfill=False, **params):
    return parse_params(params, DAY, backfill=backfill, now=NOW)


def test_a_nightly_run_covers_every_sources_whole_lookback_up_to_its_day():
    nightly = parse(since=None, until=None, sources=[], workspaces=[])
    assert (nightly.sources, nightly.workspaces) == (registry.names(), ())
    for name in registry.names():
        source = registry.load(name)
        days = nightly.range_for(source)
        assert (days.last_day, days.days) == (DAY, source.lookback)
        assert source.lookback >= 28


def test_a_backfill_covers_its_own_day_only():
    assert parse(backfill=True, sources=["meta"]).range_for(registry.load("meta")) == DateRange(DAY, NOW.date())


def test_a_range_is_inclusive_and_may_be_a_single_day():
    meta = registry.load("meta")
    assert parse(since="2026-01-01", until="2026-03-31").range_for(meta) == DateRange(
        date(2026, 1, 1), date(2026, 4, 1)
    )
    assert parse(since="2026-01-01").range_for(meta) == DateRange(date(2026, 1, 1), date(2026, 1, 2))


def test_duplicate_names_are_dropped():
    filtered = parse(sources=["zid", "meta", "zid"], workspaces=["acme"])
    assert (filtered.sources, filtered.workspaces) == (("zid", "meta"), ("acme",))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"since": "2026-13-01"}, "invalid date for `since`: '2026-13-01' (expected YYYY-MM-DD)"),
        ({"since": 7}, "invalid date for `since`: 7 (expected"),
        ({"until": "2026-01-01"}, "`until` without `since`: 2026-01-01 (set both"),
        ({"since": "2026-01-02", "until": "2026-01-01"}, "`until` 2026-01-01 is before `since` 2026-01-02 (swap them)"),
        ({"since": "2026-11-24"}, "`since` 2026-11-24 is in the future (latest accepted: 2026-11-23)"),
        ({"sources": "meta"}, "invalid list for `sources`: 'meta' (expected names: "),
        ({"sources": ["mta"]}, "unknown source 'mta' (expected one of meta, "),
        ({"backfill": True, "since": "2026-01-01"}, "`since` and `until` are not allowed in a backfill"),
    ],
)
def test_an_invalid_parameter_is_a_config_error_of_one_line(params, message):
    with pytest.raises(ConfigError) as caught:
        parse(**params)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_workspace_is_rejected_with_the_known_ones(warehouse_url):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(
            "insert into adsync.workspaces (workspace_id, name, currency, timezone)"
            " values ('acme', 'Acme', 'SAR', 'Asia/Riyadh'), ('palm', 'Palm', 'SAR', 'Asia/Riyadh')"
        )
    check_workspaces(warehouse_url, ["palm"])
    with pytest.raises(ConfigError, match=r"unknown workspace 'plam' \(known: acme, palm\)"):
        check_workspaces(warehouse_url, ["acme", "plam"])
