"""Calls and rows counted from what is known, without a warehouse."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from adsync.models import Account, RateLimit
from adsync.planning.estimate import Known, estimate, minutes, share
from adsync.ranges import DateRange
from adsync.sources.base import (
    AsyncReport,
    CallCost,
    DailyStream,
    EntityStream,
    IncrementalStream,
    RereadPolicy,
    Source,
)
from adsync.state.stream_state import StreamState, SyncSettings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()
ACCOUNT = Account("acme", "meta", "1", "meta_acme")
ACCOUNTS = EntityStream("accounts", None, refresh_every=timedelta(hours=20))
CAMPAIGNS = EntityStream("campaigns", None, cost=CallCost(100))
METRICS = DailyStream("campaign_metrics", None, max_days=30, cost=CallCost(1000))
ORDERS = IncrementalStream("orders", None, max_days=30, cost=CallCost(100))
KNOWN = Known(SyncSettings(30, 2), TODAY, NOW, records={"campaigns": 250}, a_day={"campaign_metrics": 500.0})
COVERED = StreamState(TODAY - timedelta(days=29), TODAY)


def steps(known, *streams, account=ACCOUNT):
    source = Source("meta", "ad_account", None, None, None, None, (ACCOUNTS, *streams))
    return {step.stream: step for step in estimate(source, account, known).steps}


def test_pages_make_calls():
    found = steps(KNOWN, CAMPAIGNS, METRICS)
    assert [found[name].calls for name in ("accounts", "campaigns", "campaign_metrics")] == [1, 3, 15]
    assert found["campaign_metrics"].rows == 15_000


def test_an_increment_reads_the_recent_days():
    step = steps(replace(KNOWN, coverage={"campaign_metrics": COVERED}), METRICS)["campaign_metrics"]
    assert (step.since, step.through) == (TODAY - timedelta(days=2), TODAY)
    assert (step.rows, step.calls) == (1500, 2)


def test_each_window_has_pages_of_its_own():
    step = steps(replace(KNOWN, reach=SyncSettings(40, 2)), METRICS)["campaign_metrics"]
    assert (step.windows, step.calls) == (2, 20)


def test_asked_days_replace_the_lacking_ones():
    asked = DateRange(date(2026, 1, 1), date(2026, 1, 3))
    found = steps(replace(KNOWN, asked=asked, a_day={"campaign_metrics": 500.0, "orders": 10.0}), METRICS, ORDERS)
    assert {(found[name].since, found[name].through) for name in ("campaign_metrics", "orders")} == {
        (asked.since, asked.last_day)
    }


def test_what_was_read_lately_costs_nothing():
    lately = {"accounts": StreamState(cursor={"read_at": str(NOW - timedelta(hours=1))})}
    assert steps(replace(KNOWN, coverage=lately))["accounts"].calls == 0


def test_long_history_by_report_is_a_handful_of_calls():
    reported = replace(METRICS, report=AsyncReport(None, None, None))
    assert steps(replace(KNOWN, reach=SyncSettings(90, 2)), reported)["campaign_metrics"].calls == 5


def test_a_last_resort_is_not_planned():
    reported = replace(METRICS, report=AsyncReport(None, None, None, last_resort=True))
    assert steps(replace(KNOWN, reach=SyncSettings(90, 2)), reported)["campaign_metrics"].calls == 45


def test_days_that_are_no_longer_kept_cost_nothing():
    asked = DateRange(date(2020, 1, 1), date(2020, 1, 3))
    assert steps(replace(KNOWN, asked=asked), replace(METRICS, retention_months=37))["campaign_metrics"].calls == 0


def test_orders_come_at_the_rate_at_which_they_came():
    covered = StreamState(TODAY, TODAY, {"since": "2026-10-01T00:00:00+00:00", "through": str(NOW - timedelta(days=1))})
    known = replace(KNOWN, coverage={"orders": covered}, a_day={"orders": 1000.0})
    step = steps(known, ORDERS)["orders"]
    assert step.rows == 1007
    assert step.calls == 11


def test_a_call_for_each_record_is_counted():
    known = replace(KNOWN, asked=DateRange(TODAY, TODAY + timedelta(days=1)), a_day={"orders": 250.0})
    assert steps(known, replace(ORDERS, cost=CallCost(100, per_record=1)))["orders"].calls == 3 + 250


def test_a_page_may_hold_campaigns_with_all_their_days_and_a_read_cost_a_call_beside():
    whole = replace(METRICS, cost=CallCost(1000, per_campaign=True, fixed=1))
    step = steps(KNOWN, whole)["campaign_metrics"]
    assert (step.rows, step.calls) == (15_000, 2)


def test_a_page_is_as_large_as_the_platform_has_just_told():
    known = replace(KNOWN, a_day={"orders": 100.0}, reach=SyncSettings(29, 2), page={"orders": 50})
    assert steps(known, ORDERS)["orders"].calls == 59


NEWS = StreamState(
    TODAY, TODAY, {"since": "2026-10-01T00:00:00+00:00", "through": str(NOW - timedelta(hours=1)), "again": {}}
)


def test_what_is_read_before_and_after_the_news_is_counted():
    known = replace(KNOWN, coverage={"orders": NEWS}, a_day={"orders": 100.0})
    assert steps(known, replace(ORDERS, cost=CallCost(100, lead_time=timedelta(days=1))))["orders"].rows == 105
    step = steps(known, replace(ORDERS, cost=CallCost(100, overrun=3, per_record=1)))["orders"]
    assert (step.rows, step.calls) == (8, 9)


def test_what_is_due_to_be_read_again_is_counted():
    waiting = {str(number): [str(NOW - timedelta(hours=2)), 0] for number in range(70)}
    known = replace(KNOWN, coverage={"orders": NEWS.noting(again=waiting)}, a_day={"orders": 0.0})
    again = RereadPolicy(None, None, (timedelta(hours=1),), page_size=33)
    step = steps(known, replace(ORDERS, reread=again))["orders"]
    assert (step.rows, step.calls) == (70, 1 + 3)


def test_days_that_are_compared_with_what_is_stored_cost_their_lists():
    asked = DateRange(TODAY - timedelta(days=9), TODAY)
    known = replace(KNOWN, asked=asked, a_day={"orders": 20.0})
    compared = replace(ORDERS, cost=CallCost(100, per_record=1), read_history=object())
    assert steps(known, compared)["orders"].calls == 2 + 180
    assert steps(replace(known, coverage={"orders": COVERED}), compared)["orders"].calls == 2


def test_a_long_history_of_changes_is_a_report_too():
    reported = replace(ORDERS, report=AsyncReport(None, None, None, beyond_days=45))
    known = replace(KNOWN, reach=SyncSettings(90, 2), a_day={"orders": 1000.0})
    assert (steps(known, reported)["orders"].calls, steps(known, reported)["orders"].way) == (5, "asynchronous report")
    assert steps(replace(known, reach=SyncSettings(40, 2)), reported)["orders"].calls == 405


@pytest.mark.parametrize("stream", [CAMPAIGNS, METRICS, ORDERS])
def test_nothing_known_is_no_number(stream):
    step = steps(replace(KNOWN, records={}, a_day={}), stream)[stream.name]
    assert (step.rows, step.calls) == (None, None)


def test_accounts_share_the_limit_of_their_app_and_not_each_other_s():
    per_app, per_account = RateLimit("app", 600, 60), RateLimit("account", 600, 60)
    assert minutes([per_app], [600, 600]) == 2
    assert minutes([per_account], [600, 600]) == 1
    assert share([per_app], [360, 360]) == pytest.approx(2)
    assert share([RateLimit("app", 2, 1, path="report/task")], [10]) is None
    assert minutes([], [10]) == 0
