from datetime import timedelta

import pytest
from airflow.sdk import RetryAction

from adsync.errors import ConfigError, RateLimited, TokenExpired
from adsync.extract.results import ShardFailed
from adsync.operators.retry_policy import SyncRetryPolicy, default_args


@pytest.mark.parametrize(
    ("error", "wait"),
    [(RateLimited("slow down", 42.0), 42), (TokenExpired("expired"), 300), (ShardFailed("1 of 2 accounts", 90.0), 90)],
)
def test_a_temporary_error_is_retried_after_its_own_delay(error, wait):
    decision = SyncRetryPolicy().evaluate(error, try_number=1, max_tries=5)
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=wait))
    assert decision.reason == f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("error", [ConfigError("workspaces.yaml: bad zone"), ShardFailed("1 of 2 accounts", None)])
def test_a_permanent_error_fails_the_task_at_once(error):
    assert SyncRetryPolicy().evaluate(error, try_number=1, max_tries=5).action is RetryAction.FAIL


def test_any_other_exception_gets_airflows_default():
    assert SyncRetryPolicy().evaluate(KeyError("x"), try_number=1, max_tries=5).action is RetryAction.DEFAULT


def test_delays_can_be_scaled_down():
    decision = SyncRetryPolicy(scale=0.01).evaluate(TokenExpired("expired"), try_number=1, max_tries=5)
    assert decision.retry_delay == timedelta(seconds=3)


def test_the_number_of_retries_comes_from_the_environment(monkeypatch):
    assert default_args()["retries"] == 5
    monkeypatch.setenv("MAX_RETRY_ATTEMPTS", "0")
    assert default_args()["retries"] == 0
