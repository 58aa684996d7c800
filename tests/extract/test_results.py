"""Results of attempts: outcome, summary line, table row, and the error of a shard."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from adsync.api.client import CallStats
from adsync.errors import PermanentError, TemporaryError
from adsync.extract.results import AccountResult, PendingReport, ShardFailed, ShardResult
from adsync.load.raw_tables import LoadStats
from adsync.models import Account

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def result(account_id="901", **more):
    return AccountResult(Account("acme", "meta", account_id, "meta_acme"), NOON, 1.5, **more)


DONE = result(
    load_stats=LoadStats(1200, 3), call_stats=CallStats(4, 5), since=date(2026, 11, 1), through=date(2026, 11, 22)
)
WAITING = result("902", pending_report=PendingReport("meta", "902", "meta_acme", "r1"))
RETRYING = result("903", error=TemporaryError("away"), retry_in=MINUTE)
HALF_WAY = replace(DONE, error=TemporaryError("away"), retry_in=timedelta(hours=12), notes=("no refunds",))
FAILED = result("904", error=PermanentError("never"))


@pytest.mark.parametrize(
    ("each", "outcome"), [(DONE, "ok"), (WAITING, "waiting"), (RETRYING, "retrying"), (FAILED, "failed")]
)
def test_the_outcome_is_the_value_stored_in_sync_runs(each, outcome):
    assert each.outcome == outcome
    assert each.row("run")["outcome"] == outcome


@pytest.mark.parametrize(
    ("each", "summary"),
    [
        (DONE, "meta 901 (acme): ok; 2026-11-01 to 2026-11-22, 4 calls, 1,200 rows seen, 3 changed, 1.5 s"),
        (WAITING, "meta 902 (acme): waiting for report r1; 0 calls, 0 rows seen, 0 changed, 1.5 s"),
        (RETRYING, "meta 903 (acme): TemporaryError, next try 12:01 UTC: away; 0 calls, 0 rows seen, 0 changed, 1.5 s"),
        (
            HALF_WAY,
            "meta 901 (acme): TemporaryError, next try 2026-11-23 00:00 UTC: away; "
            "2026-11-01 to 2026-11-22, 4 calls, 1,200 rows seen, 3 changed, 1.5 s; no refunds",
        ),
        (FAILED, "meta 904 (acme): PermanentError, no retry: never; 0 calls, 0 rows seen, 0 changed, 1.5 s"),
    ],
)
def test_the_summary_names_account_outcome_next_try_and_work(each, summary):
    assert each.summary == summary


def test_backoff_starts_at_the_end_of_the_attempt():
    assert replace(RETRYING, seconds=600).next_try == "12:11 UTC"
    assert FAILED.next_try is None


def test_sync_runs_stores_a_half_open_window():
    row = DONE.row("run")
    assert (row["window_from"], row["window_until"]) == (date(2026, 11, 1), date(2026, 11, 23))


def test_a_long_error_message_is_truncated_for_sync_runs():
    assert len(replace(FAILED, error=PermanentError("x" * 5000)).row("run")["error_message"]) == 1000


def test_counts_are_sums_over_accounts():
    counted = ShardResult((DONE, FAILED, replace(DONE, call_stats=CallStats(6, 7)))).counts()
    assert counted == {"accounts": 3, "calls": 10, "rows_seen": 2400, "rows_changed": 6}


def test_the_result_of_a_later_attempt_replaces_the_earlier_one():
    later = result("902", load_stats=LoadStats(5, 5))
    assert ShardResult((DONE, WAITING)).updated(ShardResult((later,))) == ShardResult((DONE, later))
    assert ShardResult((DONE, WAITING)).pending_reports == (WAITING.pending_report,)


def test_no_failure_raises_nothing():
    ShardResult((DONE, WAITING)).raise_for_failures()


def test_the_error_names_every_failed_account_and_has_the_shortest_delay():
    late = result("905", error=TemporaryError("far away"), retry_in=60 * MINUTE)
    with pytest.raises(ShardFailed, match="3 of 4 accounts") as caught:
        ShardResult((DONE, late, RETRYING, FAILED)).raise_for_failures()
    assert caught.value.retry_after == 60
    assert all(name in str(caught.value) for name in ("905", "903", "904", "away", "never"))


def test_a_permanent_failure_has_no_retry():
    with pytest.raises(ShardFailed) as caught:
        ShardResult((DONE, FAILED)).raise_for_failures()
    assert caught.value.retry_after is None
