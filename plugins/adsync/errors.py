"""Every error, arranged by what the caller does about it.

    AdsyncError
    ├─ RateLimited       wait what the platform says, else an hour
    ├─ TokenExpired      refresh once, retry after five minutes
    ├─ TemporaryError    retry, waiting longer each time
    │  ├─ TooMuchData    the same call would fail again: ask for less
    │  └─ ReportLost     an asynchronous report will never be ready: order another
    └─ PermanentError    no retry
       ├─ ReportRefused    this app may not order asynchronous reports: do without
       ├─ ReauthRequired   a person must grant access again
       ├─ ConfigError      a person must correct a setting
       ├─ Unreadable       a few records cannot be read; all others were
       └─ ContractError    the answer has a shape we do not know

A message is one sentence for the person who will act on it; it never holds a secret.
"""

from __future__ import annotations

from typing import Literal


class AdsyncError(Exception):
    """Anything adsync raises on purpose."""


class RateLimited(AdsyncError):
    """The platform wants a pause of `retry_after` seconds; None when it did not say how long.

    `scope` says whose limit it was: the account's, or that of the app, which all its accounts share.
    """

    def __init__(
        self, message: str, retry_after: float | None = None, *, scope: Literal["account", "app"] = "account"
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.scope = scope


class TokenExpired(AdsyncError):
    """The access token is no longer accepted."""


class TemporaryError(AdsyncError):
    """Something that usually passes by itself."""


class TooMuchData(TemporaryError):
    """The platform cannot answer a request of this size."""


class ReportLost(TemporaryError):
    """The platform gave an asynchronous report up."""


class PermanentError(AdsyncError):
    """Repeating the call would fail in the same way."""


class ReauthRequired(PermanentError):
    """Only a person can restore access: the message names the account and what to do."""


class ReportRefused(PermanentError):
    """The app may not order asynchronous reports: read the days without one."""


class ConfigError(PermanentError):
    """A setting is wrong: the message names file, key and remedy."""


class Unreadable(PermanentError):
    """A few records cannot be read; raised after the last of the others, which are whole and may be kept."""


class ContractError(PermanentError):
    """An answer lacks what its documentation promises: the message names the missing part."""
