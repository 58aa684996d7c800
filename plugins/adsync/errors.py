"""All errors, arranged by how the caller recovers.

    AdsyncError
    ├─ RateLimited       wait as long as the platform says, else an hour
    ├─ TokenExpired      refresh once, retry after five minutes
    ├─ TemporaryError    retry with exponential backoff
    │  ├─ TooMuchData    the same call would fail again: request less
    │  └─ ReportLost     an asynchronous report will never be ready: create another
    └─ PermanentError    no retry
       ├─ ReportRefused    the app may not create asynchronous reports: read without one
       ├─ ReauthRequired   an admin has to authorize the account again
       ├─ ConfigError      an admin has to correct a setting
       ├─ Unreadable       of earlier versions: some records are unreadable
       └─ ContractError    the response has an unknown shape

Names are stored in tables and do not change. A message is one sentence for the admin who acts on it and contains no
secret.
"""

from __future__ import annotations

import math
from typing import Literal

# Longer waits are clock errors or blocks that an admin should see: the next try finds out.
MAX_RETRY_AFTER = 24 * 3600.0


def wait_within_a_day(seconds: float | None) -> float | None:
    """Returns the seconds, at most a day; None for a wait that is negative or no number."""
    if seconds is None or math.isnan(seconds) or seconds < 0:
        return None
    return min(seconds, MAX_RETRY_AFTER)


class AdsyncError(Exception):
    """Base class of all errors."""


class RateLimited(AdsyncError):
    """A rate limit was exceeded; wait `retry_after` seconds (None: the platform did not say how long).

    A wait is at most a day; one that is negative or no number counts as not said. `scope`: the limit of the account, or
    the limit of the app, shared by all its accounts.
    """

    def __init__(
        self, message: str, retry_after: float | None = None, *, scope: Literal["account", "app"] = "account"
    ) -> None:
        super().__init__(message)
        self.retry_after = wait_within_a_day(retry_after)
        self.scope = scope


class TokenExpired(AdsyncError):
    """The access token was rejected."""


class TemporaryError(AdsyncError):
    """An error that usually passes by itself."""


class TooMuchData(TemporaryError):
    """The request is too large for the platform."""


class ReportLost(TemporaryError):
    """The platform abandoned an asynchronous report."""


class PermanentError(AdsyncError):
    """An error that a retry would repeat."""


class ReauthRequired(PermanentError):
    """Access needs new authorization: the message names the account and the action."""


class ReportRefused(PermanentError):
    """The app may not create asynchronous reports: read the days without one."""


class ConfigError(PermanentError):
    """A setting is invalid: the message names file, key, value and remedy."""


class Unreadable(PermanentError):
    """Some records are unreadable. Only in rows of earlier versions: such records are now in `raw.rejected_records`."""


class ContractError(PermanentError):
    """A response differs from its documentation: the message names the missing part."""
