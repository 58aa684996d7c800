from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adsync.errors import ConfigError, PermanentError, RateLimited, ReauthRequired, TemporaryError, TokenExpired
from adsync.extract.results import AccountResult, PendingReport
from adsync.models import Account
from adsync.orchestration.task_labels import LONGEST, label

NOW = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)


def done(account_id="7001", **more):
    return replace(AccountResult(Account("acme", "tiktok", account_id, "tiktok_acme"), NOW, 1.0), **more)


def told(*outcomes):
    return label(outcomes, {"7001": "Acme TikTok", "7002": "متجر", "7003": "Palm", "7004": "Juniper"})


def test_accounts_that_are_well_are_named():
    assert told(done(), done("7002")) == "Acme TikTok, متجر"
    assert told(*(done(f"700{n}") for n in range(1, 5))) == "Acme TikTok, متجر, Palm, and 1 more"


@pytest.mark.parametrize(
    ("error", "wait", "said"),
    [
        (RateLimited("slow down", 3600), timedelta(hours=1), "rate limited until 14:05 UTC"),
        (RateLimited("slow down", 43200), timedelta(hours=12), "rate limited until 2026-11-23 01:05 UTC"),
        (TokenExpired("ended"), timedelta(minutes=5), "its token ended, next try 13:10 UTC"),
        (TemporaryError("502"), timedelta(minutes=2), "trouble, next try 13:07 UTC"),
        (TemporaryError("502"), None, "trouble: 502"),
        (ReauthRequired("log in again"), None, "a person has to grant access again: log in again"),
        (ConfigError("no connection"), None, "a setting is wrong: no connection"),
        (PermanentError("never"), None, "failed: never"),
    ],
)
def test_an_account_in_trouble_says_why_and_until_when(error, wait, said):
    assert told(done(error=error, retry_in=wait)) == f"Acme TikTok: {said}"


def test_those_in_trouble_come_alone():
    limited = done("7002", error=RateLimited("slow down"), retry_in=timedelta(hours=1))
    assert told(done(), limited, done("7003")) == "متجر: rate limited until 14:05 UTC"


def test_an_account_that_another_run_reads_says_so():
    busy = done(elsewhere=True, error=TemporaryError("busy"), retry_in=timedelta(seconds=20))
    assert told(busy) == "Acme TikTok: another run reads it, next try 13:05 UTC"


def test_an_account_that_waits_for_its_report_says_so():
    waiting = done(waiting=PendingReport("tiktok", "7001", "tiktok_acme", "r1"))
    assert told(waiting, done("7002")) == "Acme TikTok: waits for its report"


def test_a_label_fits_into_airflows_column():
    assert len(told(*(done(f"700{n}", error=PermanentError("x" * 300)) for n in range(1, 5)))) == LONGEST
