"""How long to wait before an error is tried again; None means that trying again would not help.

These are the minutes and hours between attempts of a task. Hiccups of seconds are repeated by `transport`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from adsync.errors import AdsyncError, RateLimited, TemporaryError, TokenExpired

DEFAULT_RATE_LIMIT_WAIT = 3600.0
AFTER_REFRESH = 300.0
BASE = 60.0
JITTER = 0.1


def retry_delay(
    error: AdsyncError,
    attempt: int,
    *,
    random: Callable[[], float] = random.random,
    scale: float = 1.0,
) -> timedelta | None:
    """The wait after the `attempt`-th failure (1 is the first), times `scale`; `random` draws from [0, 1)."""
    seconds = _seconds(error, attempt, random)
    return None if seconds is None else timedelta(seconds=seconds * scale)


def _seconds(error: AdsyncError, attempt: int, random: Callable[[], float]) -> float | None:
    match error:
        case RateLimited():
            return DEFAULT_RATE_LIMIT_WAIT if error.retry_after is None else error.retry_after
        case TokenExpired():
            return AFTER_REFRESH
        case TemporaryError():
            # Only ever longer: accounts that failed together must not come back together, nor too early.
            return BASE * 2**attempt * (1 + JITTER * random())
        case _:
            # A failed shard has already worked out the wait of its most patient account.
            return getattr(error, "retry_after", None)
