from datetime import timedelta

import pytest

from adsync.errors import (
    AdsyncError,
    ConfigError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TokenExpired,
    TooMuchData,
)
from adsync.retry import retry_delay


class PatientShard(AdsyncError):
    def __init__(self, retry_after):
        super().__init__("shard failed")
        self.retry_after = retry_after


@pytest.mark.parametrize(
    ("error", "attempt", "seconds"),
    [
        (RateLimited("slow down", 42.0), 1, 42),
        (RateLimited("slow down", 0), 1, 0),
        (RateLimited("slow down"), 4, 3600),
        (TokenExpired("expired"), 3, 300),
        (TemporaryError("hiccup"), 1, 120),
        (TemporaryError("hiccup"), 4, 960),
        (TooMuchData("too much"), 2, 240),
        (PatientShard(75.0), 2, 75),
    ],
)
def test_each_error_class_has_its_own_wait(error, attempt, seconds):
    assert retry_delay(error, attempt, random=lambda: 0.0) == timedelta(seconds=seconds)


@pytest.mark.parametrize("error", [ReauthRequired("grant access"), ConfigError("bad key"), PatientShard(None)])
def test_permanent_errors_are_not_retried(error):
    assert retry_delay(error, 1) is None


def test_jitter_only_lengthens_the_wait_and_by_a_tenth_at_most():
    assert retry_delay(TemporaryError("hiccup"), 1, random=lambda: 1.0) == timedelta(seconds=132)


def test_scale_shortens_waits_for_tests():
    assert retry_delay(TokenExpired("expired"), 1, scale=0.01) == timedelta(seconds=3)
