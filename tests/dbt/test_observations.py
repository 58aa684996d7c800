"""Observations: metrics as of a moment, their maturity, and alerts that compare days at the same age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import observed_world as world
import psycopg
import pytest
from dbt_process import ONLY_DATA, copy_of, dbt, rows
from psycopg.conninfo import conninfo_to_dict

from adsync.alerts import backtest

AS_OF = "select * from marts.metric_as_of(%s) where campaign_id = %s and date = %s"


@pytest.fixture(scope="module")
def observed(local_servers, scratch) -> Iterator[str]:
    with copy_of(local_servers, "adsync", "observed") as url:
        with psycopg.connect(url) as db:
            world.load(db)
        dbt(url, scratch, *ONLY_DATA)
        yield url


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(-13, []), (-12, [(70, 0)]), (5, [(70, 0)]), (6, [(150, 200)]), (30, [(150, 600)]), (999, [(150, 600)])],
)
def test_metric_as_of_returns_a_day_as_known_at_a_moment(observed, hours, expected):
    known = rows(observed, AS_OF, world.ended(date(2026, 11, 1)) + timedelta(hours=hours), world.STEADY, "2026-11-01")
    assert [(row["spend"], row["revenue"]) for row in known] == expected


def test_metric_as_of_returns_rows_that_were_withdrawn_later(observed):
    withdrawn = world.ended(world.GONE_DAY) + timedelta(hours=48)
    before, after = withdrawn - timedelta(seconds=1), withdrawn
    assert [len(rows(observed, AS_OF, moment, world.GONE, world.GONE_DAY)) for moment in (before, after)] == [1, 0]


def test_metric_as_of_now_equals_the_mart(observed):
    shared = """workspace_id, platform, account_id, campaign_id, date, impressions, clicks, spend, conversions, revenue,
        ctr, cpc, cpm, roas, currency, reporting_currency, fx_rate, spend_reporting, revenue_reporting"""
    then = rows(observed, f"select {shared} from marts.metric_as_of('infinity') order by campaign_id, date")
    assert then == rows(observed, f"select {shared} from marts.campaign_metrics order by campaign_id, date")
    assert len(then) == 4 * 63 - 1


def test_metric_as_of_works_in_a_copy_of_the_warehouse(observed, local_servers):
    asked = (AS_OF, "infinity", world.STEADY, "2026-11-01")
    with copy_of(local_servers, conninfo_to_dict(observed)["dbname"], "restored") as url:
        assert rows(url, *asked) == rows(observed, *asked) != []


def test_maturity_is_the_share_of_the_final_value_by_age(observed):
    found = rows(observed, "select * from marts.metric_maturity where age_days <= 3 order by metric, age_days")
    shares = {metric: [row["share"] for row in found if row["metric"] == metric] for metric in ("spend", "revenue")}
    assert shares["spend"] == [Decimal("0.466667"), 1, 1, 1]
    assert shares["revenue"] == [0, Decimal("0.333333"), 1, 1]
    # Days that were 28 days old on 22 November and no more than 60 older: 20 September to 25 October.
    assert {row["rows"] for row in found} == {4 * 36}


def test_days_are_final_as_soon_as_they_no_longer_change(observed):
    """The platform's own limit would be 25 October."""
    (row,) = rows(observed, "select final_after_days, final_through, is_measured from marts.account_finality")
    assert (row["final_after_days"], row["final_through"], row["is_measured"]) == (3, date(2026, 11, 19), True)
    (last,) = rows(observed, "select max(date) as day from marts.campaign_metrics where is_final")
    assert last["day"] == date(2026, 11, 19)


def test_only_the_day_that_is_worse_than_days_of_its_age_is_an_alert(observed):
    """Compared with the final ROAS of 4, each 1.33 would be a drop: four alerts, three of them false."""
    found = rows(observed, "select * from marts.performance_alerts")
    assert [(row["campaign_id"], row["type"], row["baseline_kind"], row["baseline_days"]) for row in found] == [
        (world.FALLEN, "roas_drop", "like_aged", 30)
    ]
    assert (found[0]["current"], found[0]["baseline"]) == (Decimal("0.4"), Decimal("1.333333"))


@pytest.mark.parametrize(
    ("threshold", "fired"),
    [
        (None, [(world.SLOW_DAY, world.SLOW, True), (world.LAST, world.FALLEN, True)]),
        (Decimal("0.4"), [(world.LAST, world.FALLEN, True)]),
        (Decimal("0.2"), []),
    ],
)
def test_a_backtest_evaluates_a_threshold_on_what_was_known_at_the_time(observed, threshold, fired):
    """By now the slow day has the usual revenue: current metrics would not show it."""
    question = backtest.BacktestRequest("roas_drop", date(2026, 11, 1), threshold, "dune")
    found, evaluated = backtest.run(observed, question)
    assert [(each.date, each.campaign_id, each.fires_now) for each in found] == fired
    assert evaluated == 21


def test_a_backtest_of_an_unknown_workspace_evaluates_nothing(observed):
    assert backtest.run(observed, backtest.BacktestRequest("ctr_drop", date(2026, 11, 1), None, "unknown")) == ([], 0)


def test_days_without_a_sufficient_baseline_are_not_evaluated(observed):
    _, evaluated = backtest.run(observed, backtest.BacktestRequest("ctr_drop", world.FIRST))
    assert evaluated == 63 - 7


def test_a_second_build_keeps_observed_rows_as_they_are(observed, scratch):
    tables = ("int_ad_metrics__versions", "int_ad_metrics__changes")
    query = "select ctid, xmin from intermediate.{} order by ctid"
    before = [rows(observed, query.format(table)) for table in tables]
    dbt(observed, scratch, "run", "--select", *tables)
    assert [rows(observed, query.format(table)) for table in tables] == before
