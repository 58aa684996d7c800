"""The wait between two attempts of a task, by error: minutes to hours.

Errors that pass within seconds are retried by `api.client`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from adsync.errors import AdsyncError, RateLimited, TemporaryError, TokenExpired

DEFAULT_RATE_LIMIT_WAIT = 3600.0
TOKEN_EXPIRED_WAIT = 300.0
BASE_WAIT = 60.0
JITTER = 0.1


def retry_delay(
    error: AdsyncError,
    attempt: int,
    *,
    random: Callable[[], float] = random.random,
    scale: float = 1.0,
) -> timedelta | None:
    """Returns the wait after the given attempt (from 1), times `scale`; None if a retry would fail again.

    `random` draws from [0, 1).
    """
    seconds = _seconds(error, attempt, random)
    return None if seconds is None else timedelta(seconds=seconds * scale)


def _seconds(error: AdsyncError, attempt: int, random: Callable[[], float]) -> float | None:
    match error:
        case RateLimited():
            return DEFAULT_RATE_LIMIT_WAIT if error.retry_after is None else error.retry_after
        case TokenExpired():
            return TOKEN_EXPIRED_WAIT
        case TemporaryError():
            # Jitter only lengthens the wait: accounts that failed together should not retry together, nor too early.
            return BASE_WAIT * 2**attempt * (1 + JITTER * random())
        case _:
            # A failed shard carries the longest wait of its accounts.
            return getattr(error, "retry_after", None)
