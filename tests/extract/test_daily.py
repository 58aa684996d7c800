"""Daily streams: requests that are too much, reports, days beyond retention, learned limits."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import psycopg
import pytest

import sandbox_fixtures
from adsync.errors import ReportLost, TooMuchData
from adsync.extract.async_report import reports_allowed
from adsync.extract.context import SyncEnvironment
from adsync.extract.daily import learned_today, plan_chunks
from adsync.extract.runner import SyncRequest, sync_accounts
from adsync.models import LearnedLimits
from adsync.ranges import DateRange
from adsync.sources.base import DailyStream
from adsync.state.stream_state import StreamState, SyncSettings
from adsync_sandbox.faults.script import Fault
from sandbox_fixtures import META, NOW, TIKTOK, served

WEEK = DateRange(NOW.date() - timedelta(days=6), NOW.date() + timedelta(days=1))
# As many refusals as there are smaller requests; creating a report is the next call to that address.
ALL_TOO_MUCH = Fault("meta", "too_much_data", path=f"act_{META}/insights", calls=tuple(range(1, 10)))


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(warehouse_url, META, TIKTOK)
    return warehouse_url


def sync(url, base, *, source="meta", account_id=META, days=WEEK, now=NOW):
    environment = SyncEnvironment(url, lambda conn_id: sandbox_fixtures.credentials(conn_id, base), lambda: now)
    request = SyncRequest(source, (account_id,), "run", days=days, respect_backoff=False)
    [result] = asyncio.run(sync_accounts(request, environment)).accounts
    return result


def cursor(url, stream="campaign_metrics"):
    query = "select cursor from adsync.sync_state where stream = %s and cursor <> '{}'"
    with psycopg.connect(url) as connection:
        return (connection.execute(query, (stream,)).fetchone() or [{}])[0]


def rows(url, source="meta"):
    with psycopg.connect(url) as connection:
        return connection.execute(f"select count(*) from raw.{source}_campaign_metrics").fetchone()[0]


def test_a_day_that_is_too_much_in_every_form_is_read_by_a_report(url):
    with served([ALL_TOO_MUCH]) as base:
        results = [sync(url, base, now=NOW + timedelta(minutes=minute)) for minute in range(3)]
    assert [each.outcome for each in results] == ["waiting", "waiting", "ok"]
    assert rows(url) > 50
    assert "report" not in cursor(url)
    assert cursor(url)["learned"] == {
        "on": str(NOW.date()),
        "window_days": 1,
        "page_size": 100,
        "reduced_request": True,
    }


def test_an_unknown_error_that_stays_makes_the_request_smaller(url):
    """The three tries of the client fail; the next request asks for half a page, and that size is kept for the day."""
    with served([Fault("meta", "internal_error", path=ALL_TOO_MUCH.path, calls=(1, 2, 3))]) as base:
        assert sync(url, base).outcome == "ok"
    assert rows(url) > 50
    assert cursor(url)["learned"] == {"on": str(NOW.date()), "page_size": 500}


def test_a_report_that_is_never_ready_is_replaced_after_an_hour(url):
    with served([ALL_TOO_MUCH, Fault("meta", "job_stuck")]) as base:
        assert sync(url, base).outcome == "waiting"
        first = cursor(url)["report"]["id"]
        result = sync(url, base, now=NOW + timedelta(minutes=61))
        assert type(result.error) is ReportLost
        assert "report" not in cursor(url)
    # The limits learned today hold: a single refusal, then the next report.
    with served([Fault("meta", "too_much_data", path=ALL_TOO_MUCH.path, calls=(1,))]) as base:
        again = sync(url, base, now=NOW + timedelta(minutes=62))
    assert again.outcome == "waiting"
    assert cursor(url)["report"]["id"] != first


def days_of(report):
    return (date.fromisoformat(report["until"]) - date.fromisoformat(report["since"])).days


def until_done(url, base, max_attempts=12):
    """Syncs every minute until the report is read; returns the cursor after each attempt."""
    left = []
    for minute in range(max_attempts):
        result = sync(url, base, now=NOW + timedelta(minutes=minute))
        left.append(cursor(url))
        if result.outcome != "waiting":
            assert result.outcome == "ok", result.error
            return left
    raise AssertionError("the report was never ready")


def by_day(url):
    query = "select metric_date, count(*) from raw.meta_campaign_metrics group by 1 order by 1"
    with psycopg.connect(url) as connection:
        return dict(connection.execute(query).fetchall())


def test_a_report_that_is_too_large_is_replaced_by_its_newer_and_then_its_older_half(url):
    with served() as base:
        assert sync(url, base).outcome == "ok"
    whole = by_day(url)
    with psycopg.connect(url) as connection:
        connection.execute("delete from raw.meta_campaign_metrics")
    with served([ALL_TOO_MUCH, Fault("meta", "job_too_large", path="/v26.0/6", calls=(1,))]) as base:
        reports = [each["report"] for each in until_done(url, base) if "report" in each]
    assert list({each["id"]: days_of(each) for each in reports}.values()) == [4, 3]
    assert ["rest" in each for each in reports].count(True) == [days_of(each) for each in reports].count(4)
    assert by_day(url) == whole


@pytest.mark.parametrize("kind", ["job_too_large", "job_failed"])
def test_a_single_day_whose_report_is_too_large_fails(url, kind):
    day = DateRange(WEEK.last_day, WEEK.until)
    with served([ALL_TOO_MUCH, Fault("meta", kind, path="/v26.0/6")]) as base:
        result = sync(url, base, days=day)
    assert result.outcome == "retrying"
    assert "report" not in cursor(url)


def test_a_report_lost_twice_is_replaced_by_half_of_its_days(url):
    again = Fault("meta", "too_much_data", path=ALL_TOO_MUCH.path, calls=(1,))
    lost = Fault("meta", "job_failed", path="/v26.0/6", calls=(1,))
    with served([ALL_TOO_MUCH, lost]) as base:
        assert type(sync(url, base).error) is ReportLost
    assert cursor(url)["lost_days"] == 7
    with served([again, lost]) as base:
        assert sync(url, base, now=NOW + timedelta(minutes=1)).outcome == "waiting"
    assert days_of(cursor(url)["report"]) == 4


def test_a_refusal_of_reports_expires_after_thirty_days(url):
    may = StreamState(cursor={"report_refused_at": NOW.isoformat()})
    who = sandbox_fixtures.account("tiktok")
    assert not reports_allowed(who, may, NOW + timedelta(days=29))
    assert reports_allowed(who, may, NOW + timedelta(days=30))
    with psycopg.connect(url) as connection:
        connection.execute("""update adsync.accounts set options = '{"report_mode": "auto"}'""")
    month = DateRange(NOW.date() - timedelta(days=39), NOW.date() + timedelta(days=1))
    refused = Fault("tiktok", "permission_denied", path="task/create", calls=(1,))
    with served([refused]) as base:
        words = [
            sync(url, base, source="tiktok", account_id=TIKTOK, days=month, now=NOW + timedelta(days=later)).outcome
            for later in (0, 29, 31)
        ]
    assert words == ["ok", "ok", "waiting"]


def test_after_a_timeout_tiktok_is_asked_for_at_most_a_week_for_the_rest_of_the_day(url):
    month = DateRange(NOW.date() - timedelta(days=29), NOW.date() + timedelta(days=1))
    with psycopg.connect(url) as connection:
        connection.execute("""update adsync.accounts set options = '{"report_mode": "sync"}'""")
    too_long = Fault("tiktok", "too_much_data", path="report/integrated", above=7)
    with served([too_long]) as base:
        first, second = [sync(url, base, source="tiktok", account_id=TIKTOK, days=month) for _ in range(2)]
    assert (first.outcome, second.outcome) == ("ok", "ok")
    # Accounts, two lists of campaigns, the month once, five chunks of at most a week, ads; then the chunks alone. Each
    # chunk takes two further calls: the account's own spend and its shops.
    assert (first.call_stats.calls, second.call_stats.calls) == (20, 15)


def test_days_beyond_retention_are_not_requested_and_the_summary_says_so(url):
    ages = DateRange(date(2020, 1, 1), date(2020, 2, 1))
    with served() as base:
        result = sync(url, base, days=ages)
    assert result.outcome == "ok"
    assert "campaign_metrics: the platform keeps 37 months; older days are not available" in result.summary
    assert rows(url) == 0


def test_an_account_is_read_once_a_day_and_its_campaigns_at_most_every_five_minutes(url):
    with served() as base:
        calls = [
            sync(url, base, now=NOW + timedelta(**later)).call_stats.calls
            for later in ({}, {"minutes": 4}, {"minutes": 9}, {"hours": 21})
        ]
    # Ads too, once a day, because days are requested; and each time the account's own spend.
    assert calls == [5, 2, 3, 5]


def test_learned_limits_hold_for_one_day():
    state = StreamState().with_cursor(learned={"on": "2026-11-22", "window_days": 7})
    assert learned_today(state, "2026-11-22") == LearnedLimits(window_days=7)
    assert learned_today(state, "2026-11-23") == LearnedLimits()


def test_limits_saved_by_an_earlier_version_are_ignored():
    state = StreamState().with_cursor(learned={"on": "2026-11-22", "longest": 7, "limit": 500, "lean": True})
    assert learned_today(state, "2026-11-22") == LearnedLimits()


def test_chunks_are_no_longer_than_learned():
    stream = DailyStream("campaign_metrics", None)
    chunks = plan_chunks(stream, StreamState(), date(2026, 11, 22), SyncSettings(30, 2), LearnedLimits(window_days=7))
    assert [each.days for each in chunks] == [7, 7, 7, 7, 2]


def test_days_that_are_too_much_even_for_a_report_fail(url):
    with served([Fault("meta", "too_much_data", path="/insights")]) as base:
        result = sync(url, base)
    assert type(result.error) is TooMuchData
    assert result.outcome == "retrying"
