"""Stored rows against the answer key: equal to the cent, none missing, none too many."""

from decimal import Decimal

import psycopg
import pytest
from psycopg import sql

from adsync_demo import answer_check

EXPECTED = {
    "workspace_id": "acme",
    "platform": "meta",
    "account_id": "901",
    "campaign_id": "1",
    "date": "2026-11-21",
    "impressions": 1000,
    "clicks": 10,
    "spend": "12.50",
    "conversions": 2,
    "revenue": None,
    "currency": "SAR",
}
EMPTY = {"campaign_days": [], "attribution": [], "workspace_roas": [], "alerts": [], "issues": []}


@pytest.fixture
def marts(warehouse_url):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("""
            create schema if not exists marts;
            create table marts.campaign_metrics (
                workspace_id text, platform text, account_id text, campaign_id text, date date, impressions bigint,
                clicks bigint, spend numeric(18, 4), conversions bigint, revenue numeric(18, 4), currency text
            );
            create table marts.attribution_events (
                workspace_id text, platform text, campaign_id text, conversion_value numeric(18, 4)
            );
            create table marts.workspace_roas (
                workspace_id text, date date, platform text, spend numeric, attributed_revenue numeric,
                attributed_orders bigint, claimed_revenue numeric, claimed_conversions bigint, store_revenue numeric
            );
            create table marts.performance_alerts (
                workspace_id text, platform text, campaign_id text, date date, type text
            );
            create table marts.consistency_issues (
                workspace_id text, type text, subject text, campaign_id text, date date
            );
        """)
        yield connection


def store(marts, **changes):
    columns = sql.SQL(", ").join(map(sql.Identifier, EXPECTED))
    values = sql.SQL(", ").join(map(sql.Placeholder, EXPECTED))
    query = sql.SQL("insert into marts.campaign_metrics ({}) values ({})").format(columns, values)
    marts.execute(query, EXPECTED | changes)


def test_equal_rows_have_no_differences(marts):
    store(marts)
    assert answer_check.differences(marts, EMPTY | {"campaign_days": [EXPECTED]}) == []


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"spend": Decimal("12.51")}, "spend is 12.5100 (expected 12.50)"),
        ({"revenue": Decimal(0)}, "revenue is 0.0000 (expected None)"),
        ({"currency": "USD"}, "currency is USD (expected SAR)"),
    ],
)
def test_a_different_value_is_reported_with_both_values(marts, changes, shown):
    store(marts, **changes)
    (line,) = answer_check.differences(marts, EMPTY | {"campaign_days": [EXPECTED]})
    assert line.startswith("campaign_days: 1 rows differ (1 expected)")
    assert shown in line


def test_a_missing_row_is_a_difference(marts):
    (line,) = answer_check.differences(marts, EMPTY | {"campaign_days": [EXPECTED]})
    assert line.endswith("acme meta 901 1 2026-11-21 is missing")


def test_an_unexpected_row_is_a_difference(marts):
    store(marts)
    (line,) = answer_check.differences(marts, EMPTY)
    assert line.endswith("is unexpected")


def test_the_first_few_of_many_differences_are_shown(marts):
    many = [EXPECTED | {"campaign_id": str(number)} for number in range(50)]
    (line,) = answer_check.differences(marts, EMPTY | {"campaign_days": many})
    assert line.startswith("campaign_days: 50 rows differ (50 expected)")
    assert line.count("is missing") == answer_check.SHOWN
