"""Estimates from known volumes, without a warehouse."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from adsync.models import Account, RateLimit
from adsync.planning.estimate import KnownVolume, estimate_account, hourly_share, minutes
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
KNOWN = KnownVolume(SyncSettings(30, 2), TODAY, NOW, records={"campaigns": 250}, per_day={"campaign_metrics": 500.0})
COVERED = StreamState(TODAY - timedelta(days=29), TODAY)


def estimates(known, *streams, account=ACCOUNT):
    source = Source("meta", "ad_account", None, None, None, None, (ACCOUNTS, *streams))
    return {each.stream: each for each in estimate_account(source, account, known).streams}


def test_every_page_is_a_call():
    found = estimates(KNOWN, CAMPAIGNS, METRICS)
    assert [found[name].calls for name in ("accounts", "campaigns", "campaign_metrics")] == [1, 3, 15]
    assert found["campaign_metrics"].rows == 15_000


def test_an_incremental_sync_reads_the_recent_days():
    estimate = estimates(replace(KNOWN, states={"campaign_metrics": COVERED}), METRICS)["campaign_metrics"]
    assert (estimate.since, estimate.through) == (TODAY - timedelta(days=2), TODAY)
    assert (estimate.rows, estimate.calls) == (1500, 2)


def test_each_chunk_has_its_own_pages():
    estimate = estimates(replace(KNOWN, settings=SyncSettings(40, 2)), METRICS)["campaign_metrics"]
    assert (estimate.chunks, estimate.calls) == (2, 20)


def test_requested_days_replace_the_missing_ones():
    requested = DateRange(date(2026, 1, 1), date(2026, 1, 3))
    found = estimates(
        replace(KNOWN, requested=requested, per_day={"campaign_metrics": 500.0, "orders": 10.0}), METRICS, ORDERS
    )
    assert {(found[name].since, found[name].through) for name in ("campaign_metrics", "orders")} == {
        (requested.since, requested.last_day)
    }


def test_a_recently_read_stream_costs_nothing():
    recent = {"accounts": StreamState(cursor={"read_at": str(NOW - timedelta(hours=1))})}
    assert estimates(replace(KNOWN, states=recent))["accounts"].calls == 0


def test_a_long_history_by_report_takes_five_calls():
    reported = replace(METRICS, report=AsyncReport(None, None, None))
    assert estimates(replace(KNOWN, settings=SyncSettings(90, 2)), reported)["campaign_metrics"].calls == 5


def test_what_completes_the_days_is_counted_with_and_without_a_report():
    completed = replace(METRICS, cost=CallCost(1000, complete_read=1, complete_days=1))
    known = replace(KNOWN, settings=SyncSettings(90, 2))
    assert estimates(known, completed)["campaign_metrics"].calls == 45 + 3 * 2
    reported = replace(completed, report=AsyncReport(None, None, None))
    assert estimates(known, reported)["campaign_metrics"].calls == 5 + 1 + 3


def test_a_report_of_last_resort_is_not_planned():
    reported = replace(METRICS, report=AsyncReport(None, None, None, last_resort=True))
    assert estimates(replace(KNOWN, settings=SyncSettings(90, 2)), reported)["campaign_metrics"].calls == 45


def test_days_beyond_retention_cost_nothing():
    requested = DateRange(date(2020, 1, 1), date(2020, 1, 3))
    assert (
        estimates(replace(KNOWN, requested=requested), replace(METRICS, retention_months=37))["campaign_metrics"].calls
        == 0
    )


def test_orders_are_extrapolated_at_their_stored_rate():
    covered = StreamState(TODAY, TODAY, {"since": "2026-10-01T00:00:00+00:00", "through": str(NOW - timedelta(days=1))})
    known = replace(KNOWN, states={"orders": covered}, per_day={"orders": 1000.0})
    estimate = estimates(known, ORDERS)["orders"]
    assert estimate.rows == 1007
    assert estimate.calls == 11


def test_a_call_for_each_record_is_counted():
    known = replace(KNOWN, requested=DateRange(TODAY, TODAY + timedelta(days=1)), per_day={"orders": 250.0})
    assert estimates(known, replace(ORDERS, cost=CallCost(100, per_record=1)))["orders"].calls == 3 + 250


def test_a_page_may_hold_campaigns_with_all_their_days_and_a_read_may_cost_a_fixed_call():
    whole = replace(METRICS, cost=CallCost(1000, per_campaign=True, fixed=1))
    estimate = estimates(KNOWN, whole)["campaign_metrics"]
    assert (estimate.rows, estimate.calls) == (15_000, 2)


def test_a_page_size_stated_by_the_platform_overrides_the_streams():
    known = replace(KNOWN, per_day={"orders": 100.0}, settings=SyncSettings(29, 2), page_sizes={"orders": 50})
    assert estimates(known, ORDERS)["orders"].calls == 59


RECENT_ORDERS = StreamState(
    TODAY, TODAY, {"since": "2026-10-01T00:00:00+00:00", "through": str(NOW - timedelta(hours=1)), "again": {}}
)


def test_records_read_before_and_after_the_new_ones_are_counted():
    known = replace(KNOWN, states={"orders": RECENT_ORDERS}, per_day={"orders": 100.0})
    assert estimates(known, replace(ORDERS, cost=CallCost(100, lead_time=timedelta(days=1))))["orders"].rows == 105
    estimate = estimates(known, replace(ORDERS, cost=CallCost(100, overrun=3, per_record=1)))["orders"]
    assert (estimate.rows, estimate.calls) == (8, 9)


def test_due_rereads_are_counted():
    waiting = {str(number): [str(NOW - timedelta(hours=2)), 0] for number in range(70)}
    known = replace(KNOWN, states={"orders": RECENT_ORDERS.with_cursor(again=waiting)}, per_day={"orders": 0.0})
    again = RereadPolicy(None, None, (timedelta(hours=1),), page_size=33)
    estimate = estimates(known, replace(ORDERS, reread=again))["orders"]
    assert (estimate.rows, estimate.calls) == (70, 1 + 3)


def test_days_compared_with_stored_records_cost_only_their_lists():
    requested = DateRange(TODAY - timedelta(days=9), TODAY)
    known = replace(KNOWN, requested=requested, per_day={"orders": 20.0})
    compared = replace(ORDERS, cost=CallCost(100, per_record=1), read_history=object())
    assert estimates(known, compared)["orders"].calls == 2 + 180
    assert estimates(replace(known, states={"orders": COVERED}), compared)["orders"].calls == 2


def test_a_long_incremental_history_is_read_prefer_report():
    reported = replace(ORDERS, report=AsyncReport(None, None, None, beyond_days=45))
    known = replace(KNOWN, settings=SyncSettings(90, 2), per_day={"orders": 1000.0})
    assert (estimates(known, reported)["orders"].calls, estimates(known, reported)["orders"].method) == (
        5,
        "asynchronous report",
    )
    assert estimates(replace(known, settings=SyncSettings(40, 2)), reported)["orders"].calls == 405


@pytest.mark.parametrize("stream", [CAMPAIGNS, METRICS, ORDERS])
def test_an_unknown_volume_has_no_rows_and_calls(stream):
    estimate = estimates(replace(KNOWN, records={}, per_day={}), stream)[stream.name]
    assert (estimate.rows, estimate.calls) == (None, None)


def test_accounts_share_an_app_limit_but_not_an_account_limit():
    per_app, per_account = RateLimit("app", 600, 60), RateLimit("account", 600, 60)
    assert minutes([per_app], [600, 600]) == 2
    assert minutes([per_account], [600, 600]) == 1
    assert hourly_share([per_app], [360, 360]) == pytest.approx(2)
    assert hourly_share([RateLimit("app", 2, 1, path="report/task")], [10]) is None
    assert minutes([], [10]) == 0
