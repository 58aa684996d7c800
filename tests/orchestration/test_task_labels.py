from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adsync.errors import ConfigError, PermanentError, RateLimited, ReauthRequired, TemporaryError, TokenExpired
from adsync.extract.results import AccountResult, PendingReport
from adsync.models import Account
from adsync.orchestration.task_labels import MAX_LENGTH, task_label

NOW = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)


def done(account_id="7001", **more):
    return replace(AccountResult(Account("acme", "tiktok", account_id, "tiktok_acme"), NOW, 1.0), **more)


def label(*results):
    return task_label(results, {"7001": "Acme TikTok", "7002": "متجر", "7003": "Palm", "7004": "Juniper"})


def test_successful_accounts_are_listed_by_name():
    assert label(done(), done("7002")) == "Acme TikTok, متجر"
    assert label(*(done(f"700{n}") for n in range(1, 5))) == "Acme TikTok, متجر, Palm, and 1 more"


@pytest.mark.parametrize(
    ("error", "wait", "problem"),
    [
        (RateLimited("slow down", 3600), timedelta(hours=1), "rate limited until 14:05 UTC"),
        (RateLimited("slow down", 43200), timedelta(hours=12), "rate limited until 2026-11-23 01:05 UTC"),
        (TokenExpired("ended"), timedelta(minutes=5), "access token expired, next try 13:10 UTC"),
        (TemporaryError("502"), timedelta(minutes=2), "temporary error, next try 13:07 UTC"),
        (TemporaryError("502"), None, "temporary error: 502"),
        (ReauthRequired("log in again"), None, "reauthorization required: log in again"),
        (ConfigError("no connection"), None, "invalid setting: no connection"),
        (PermanentError("never"), None, "failed: never"),
    ],
)
def test_a_failed_account_has_its_reason_and_next_try(error, wait, problem):
    assert label(done(error=error, retry_in=wait)) == f"Acme TikTok: {problem}"


def test_successful_accounts_are_left_out_if_another_failed():
    limited = done("7002", error=RateLimited("slow down"), retry_in=timedelta(hours=1))
    assert label(done(), limited, done("7003")) == "متجر: rate limited until 14:05 UTC"


def test_an_account_leased_by_another_run_is_labeled():
    busy = done(leased_elsewhere=True, error=TemporaryError("busy"), retry_in=timedelta(seconds=20))
    assert label(busy) == "Acme TikTok: leased by another run, next try 13:05 UTC"


def test_an_account_waiting_for_its_report_is_labeled():
    waiting = done(pending_report=PendingReport("tiktok", "7001", "tiktok_acme", "r1"))
    assert label(waiting, done("7002")) == "Acme TikTok: waiting for its report"


def test_a_label_fits_airflows_column():
    assert len(label(*(done(f"700{n}", error=PermanentError("x" * 300)) for n in range(1, 5)))) == MAX_LENGTH
