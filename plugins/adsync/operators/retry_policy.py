"""Turns adsync's errors into Airflow's retry decisions.

The policy belongs in a DAG's `default_args`: one that an operator sets in its constructor would hide it. An error that
is not an AdsyncError is a bug and gets Airflow's default decision.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context, RetryDecision, RetryPolicy

from adsync import settings
from adsync.errors import AdsyncError
from adsync.retry import retry_delay


def default_args() -> dict[str, Any]:
    """Returns the `default_args` shared by all DAGs."""
    return {"owner": "data-team", "retries": settings.max_retry_attempts(), "retry_policy": SyncRetryPolicy()}


class SyncRetryPolicy(RetryPolicy):
    """Waits as long as the error asks for; tests shorten every wait with `scale`."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,
        # Airflow passes these two by name and applies its own limit on tries to every decision.
        max_tries: int,  # noqa: ARG002
        context: Context | None = None,  # noqa: ARG002
    ) -> RetryDecision:
        if not isinstance(exception, AdsyncError):
            return RetryDecision.default()
        delay = retry_delay(exception, try_number, scale=self.scale)
        reason = f"{type(exception).__name__}: {exception}"
        return RetryDecision.fail(reason) if delay is None else RetryDecision.retry(delay, reason)
