from datetime import UTC, date, datetime

import psycopg
import pytest

from adsync import registry
from adsync.errors import ConfigError
from adsync.orchestration.restatement import check_workspaces, parse_params
from adsync.ranges import DateRange

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
DAY = date(2026, 11, 21)


def wanted(backfill=False, **params):
    return parse_params(params, DAY, backfill=backfill, now=NOW)


def test_a_nightly_run_reads_every_sources_whole_lookback_up_to_its_day():
    nightly = wanted(since=None, until=None, sources=[], workspaces=[])
    assert (nightly.sources, nightly.workspaces) == (registry.names(), ())
    for name in registry.names():
        source = registry.load(name)
        window = nightly.window(source)
        assert (window.last_day, window.days) == (DAY, source.lookback)
        assert source.lookback >= 28


def test_a_backfilled_day_is_read_alone():
    assert wanted(backfill=True, sources=["meta"]).window(registry.load("meta")) == DateRange(DAY, NOW.date())


def test_a_range_holds_both_its_days_and_one_day_is_a_range():
    meta = registry.load("meta")
    assert wanted(since="2026-01-01", until="2026-03-31").window(meta) == DateRange(date(2026, 1, 1), date(2026, 4, 1))
    assert wanted(since="2026-01-01").window(meta) == DateRange(date(2026, 1, 1), date(2026, 1, 2))


def test_filters_are_kept_without_repetition():
    filtered = wanted(sources=["zid", "meta", "zid"], workspaces=["acme"])
    assert (filtered.sources, filtered.workspaces) == (("zid", "meta"), ("acme",))


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"since": "2026-13-01"}, "restate: since '2026-13-01' is no day; write it as 2026-01-31"),
        ({"since": 7}, "restate: since 7 is no day"),
        ({"until": "2026-01-01"}, "restate: until needs since"),
        ({"since": "2026-01-02", "until": "2026-01-01"}, "until 2026-01-01 is before since 2026-01-02: swap them"),
        ({"since": "2026-11-24"}, "2026-11-24 has not come yet"),
        ({"sources": "meta"}, "restate: sources 'meta' is no list of names"),
        ({"sources": ["mta"]}, "unknown source 'mta' (expected one of meta, "),
        ({"backfill": True, "since": "2026-01-01"}, "restate: a backfill re-reads its own days"),
    ],
)
def test_a_wrong_parameter_gets_one_sentence(params, said):
    with pytest.raises(ConfigError) as caught:
        wanted(**params)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_workspace_that_nobody_knows_is_named_beside_those_there_are(warehouse_url):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(
            "insert into adsync.workspaces (workspace_id, name, currency, timezone)"
            " values ('acme', 'Acme', 'SAR', 'Asia/Riyadh'), ('palm', 'Palm', 'SAR', 'Asia/Riyadh')"
        )
    check_workspaces(warehouse_url, ["palm"])
    with pytest.raises(ConfigError, match="there is no workspace 'plam'; there are acme, palm"):
        check_workspaces(warehouse_url, ["acme", "plam"])
