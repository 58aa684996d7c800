"""Turns adsync's errors into Airflow's retry decisions.

It belongs into a DAG's `default_args`: a policy set inside an operator's constructor would hide the one given there.
An error that is not adsync's own is a bug, and is left to Airflow's defaults.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context, RetryDecision, RetryPolicy

from adsync import settings
from adsync.errors import AdsyncError
from adsync.retry import retry_delay


def default_args() -> dict[str, Any]:
    """What every task of every DAG has in common."""
    return {"owner": "data-team", "retries": settings.max_retry_attempts(), "retry_policy": SyncRetryPolicy()}


class SyncRetryPolicy(RetryPolicy):
    """Waits as long as the error asks for; `scale` shortens every wait, for tests."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,
        # Airflow passes these two by name; its own limit on tries holds whatever is decided here.
        max_tries: int,  # noqa: ARG002
        context: Context | None = None,  # noqa: ARG002
    ) -> RetryDecision:
        if not isinstance(exception, AdsyncError):
            return RetryDecision.default()
        wait = retry_delay(exception, try_number, scale=self.scale)
        reason = f"{type(exception).__name__}: {exception}"
        return RetryDecision.fail(reason) if wait is None else RetryDecision.retry(wait, reason)
