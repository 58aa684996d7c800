from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest

from adsync.dashboard.snapshot import snapshots

DASHBOARD = """
    create schema marts;
    create table marts.dashboard_metrics (
        workspace_id text, period text, total_spend numeric(18, 4), total_revenue numeric(18, 4), roas numeric(18, 6),
        impressions bigint, clicks bigint, conversions bigint, ctr numeric(18, 6), cpc numeric(18, 6),
        as_of timestamptz, complete boolean, first_day date, last_day date, currency text, timezone text,
        provisional_from date, stale_accounts jsonb
    );
    insert into marts.dashboard_metrics
    select
        workspace_id, period, 100.5, 301.5, 3, 2000, 50, 7, 2.5, 2.01, '2026-11-22 09:00Z',
        period <> '90_days', null, null, 'SAR', 'Asia/Riyadh', '2026-10-26', '["meta:901"]'
    from unnest(array['beta', 'acme']) as workspace_id
    cross join unnest(array['90_days', 'today', '30_days', '7_days']) as period;
    update marts.dashboard_metrics set roas = null, total_spend = 0 where period = 'today'
"""


@pytest.fixture
def acme(warehouse_url):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(DASHBOARD)
    found = snapshots(warehouse_url)
    assert list(found) == ["acme", "beta"]
    return found["acme"]


def test_a_snapshot_has_four_periods_and_metadata(acme):
    assert list(acme) == ["today", "7_days", "30_days", "90_days", "meta"]
    assert acme["30_days"] == {
        "total_spend": Decimal("100.5000"),
        "total_revenue": Decimal("301.5000"),
        "roas": Decimal("3.000000"),
        "impressions": 2000,
        "clicks": 50,
        "conversions": 7,
        "ctr": Decimal("2.500000"),
        "cpc": Decimal("2.010000"),
    }


def test_an_undefined_figure_is_none(acme):
    assert acme["today"]["roas"] is None


def test_metadata_is_that_of_the_longest_period(acme):
    assert acme["meta"] == {
        "as_of": datetime(2026, 11, 22, 9, tzinfo=UTC),
        "currency": "SAR",
        "timezone": "Asia/Riyadh",
        "complete": False,
        "provisional_from": date(2026, 10, 26),
        "stale_accounts": ["meta:901"],
    }
