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


def outcome(account_id="901", **more):
    return AccountResult(Account("acme", "meta", account_id, "meta_acme"), NOON, 1.5, **more)


DONE = outcome(tally=LoadStats(1200, 3), meter=CallStats(4, 5), since=date(2026, 11, 1), through=date(2026, 11, 22))
WAITING = outcome("902", waiting=PendingReport("meta", "902", "meta_acme", "r1"))
RETRYING = outcome("903", error=TemporaryError("away"), retry_in=MINUTE)
HALF_WAY = replace(DONE, error=TemporaryError("away"), retry_in=timedelta(hours=12), notes=("no refunds",))
FAILED = outcome("904", error=PermanentError("never"))


@pytest.mark.parametrize(
    ("each", "word"), [(DONE, "ok"), (WAITING, "waiting"), (RETRYING, "retrying"), (FAILED, "failed")]
)
def test_an_outcome_has_the_word_of_the_journal(each, word):
    assert each.word == word
    assert each.row("run")["outcome"] == word


@pytest.mark.parametrize(
    ("each", "line"),
    [
        (DONE, "meta 901 (acme): ok; 2026-11-01 to 2026-11-22, 4 calls, 1,200 rows seen, 3 changed, 1.5 s"),
        (WAITING, "meta 902 (acme): waits for report r1; 0 calls, 0 rows seen, 0 changed, 1.5 s"),
        (RETRYING, "meta 903 (acme): TemporaryError, next try 12:01 UTC: away; 0 calls, 0 rows seen, 0 changed, 1.5 s"),
        (
            HALF_WAY,
            "meta 901 (acme): TemporaryError, next try 2026-11-23 00:00 UTC: away; "
            "2026-11-01 to 2026-11-22, 4 calls, 1,200 rows seen, 3 changed, 1.5 s; no refunds",
        ),
        (FAILED, "meta 904 (acme): PermanentError, not tried again: never; 0 calls, 0 rows seen, 0 changed, 1.5 s"),
    ],
)
def test_a_line_says_what_a_person_needs(each, line):
    assert each.line == line


def test_the_wait_begins_at_the_end_of_the_attempt():
    assert replace(RETRYING, seconds=600).next_try == "12:11 UTC"
    assert FAILED.next_try is None


def test_the_journal_has_a_half_open_window():
    row = DONE.row("run")
    assert (row["window_from"], row["window_until"]) == (date(2026, 11, 1), date(2026, 11, 23))


def test_a_long_message_is_cut_for_the_journal():
    assert len(replace(FAILED, error=PermanentError("x" * 5000)).row("run")["error_message"]) == 1000


def test_counts_are_plain_sums():
    counted = ShardResult((DONE, FAILED, replace(DONE, meter=CallStats(6, 7)))).counts()
    assert counted == {"accounts": 3, "calls": 10, "rows_seen": 2400, "rows_changed": 6}


def test_a_later_attempt_replaces_the_earlier_one():
    later = outcome("902", tally=LoadStats(5, 5))
    assert ShardResult((DONE, WAITING)).updated(ShardResult((later,))) == ShardResult((DONE, later))
    assert ShardResult((DONE, WAITING)).waiting == (WAITING.waiting,)


def test_nothing_failed_raises_nothing():
    ShardResult((DONE, WAITING)).raise_for_failures()


def test_failures_are_all_named_and_the_first_retry_decides_when():
    late = outcome("905", error=TemporaryError("far away"), retry_in=60 * MINUTE)
    with pytest.raises(ShardFailed, match="3 of 4 accounts") as caught:
        ShardResult((DONE, late, RETRYING, FAILED)).raise_for_failures()
    assert caught.value.retry_after == 60
    assert all(name in str(caught.value) for name in ("905", "903", "904", "away", "never"))


def test_what_no_wait_can_mend_has_no_retry():
    with pytest.raises(ShardFailed) as caught:
        ShardResult((DONE, FAILED)).raise_for_failures()
    assert caught.value.retry_after is None
