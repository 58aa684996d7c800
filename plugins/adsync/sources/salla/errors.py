"""What Salla's failures mean; messages are asked for in English, for five kinds of 401 differ in nothing else.

Only one of the five, the access token that ended, is worth a refresh: a refresh token can be used once.
"""

from __future__ import annotations

import re

import msgspec

from adsync.errors import AdsyncError, PermanentError, RateLimited, ReauthRequired, TokenExpired
from adsync.models import ApiResponse
from adsync.sources.common.decoding import decode, decode_or_none
from adsync.sources.common.http_errors import (
    HTTP_ERROR,
    SERVER_ERROR,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
    error_for_status,
    retry_after,
)

FORBIDDEN, GONE = 403, {404, 410}
DEFAULT_WAIT, BLOCKED_SECONDS = 60.0, 600.0
LIMIT_HEADER, LEFT_HEADER, RESET_HEADER = "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"
# Below this part of the budget calls go at the pace at which the bucket drains.
SCARCE, DRAIN_SECONDS = 0.1, 1.0
SCOPE = re.compile("scope", re.IGNORECASE)
USER_GONE = re.compile(r"\b(deleted|inactive|not active|disabled)\b", re.IGNORECASE)
SPENT = re.compile("refresh[_ ]token|invalid_grant", re.IGNORECASE)


class OrderGone(PermanentError):
    """Salla knows no such record."""


class Problem(msgspec.Struct):
    code: int | str | None = None
    message: str = ""


class Envelope(msgspec.Struct):
    error: Problem | str | None = None
    error_description: str = ""

    @property
    def problem(self) -> Problem | None:
        """The token server's errors are bare words."""
        return Problem(self.error, self.error_description) if isinstance(self.error, str) else self.error


ENVELOPE = msgspec.json.Decoder(Envelope)


def check(response: ApiResponse) -> None:
    """Raise what the status or an `error` in the body stands for: a success may hold one."""
    if response.status >= HTTP_ERROR:
        said = decode_or_none(response.body, ENVELOPE)
        raise _of_status(response, said.problem if said else None)
    if problem := decode(response.body, ENVELOPE, "salla").problem:
        text = f"salla error {problem.code} inside a success: {problem.message}"
        raise OrderGone(text) if str(problem.code) in {str(code) for code in GONE} else PermanentError(text)


def _of_status(response: ApiResponse, said: Problem | None) -> AdsyncError:
    text = f"salla answered HTTP {response.status}" + (f" {said.code}: {said.message}" if said else "")
    if response.status in TOO_MANY_REQUESTS:
        return RateLimited(text, retry_after=retry_after(response.headers, RESET_HEADER) or DEFAULT_WAIT)
    if said is None or response.status >= SERVER_ERROR:
        return error_for_status("salla", response)
    if response.status == UNAUTHORIZED:
        return _unauthorized(said, text)
    if response.status == FORBIDDEN and not SCOPE.search(said.message):
        return RateLimited(f"{text}: a block that passes", retry_after=BLOCKED_SECONDS)
    if response.status == FORBIDDEN:
        return ReauthRequired(f"{text}; grant the app the scope orders.read")
    return OrderGone(text) if response.status in GONE else PermanentError(text)


def _unauthorized(said: Problem, text: str) -> AdsyncError:
    told = f"{said.code} {said.message}"
    if SCOPE.search(told):
        return ReauthRequired(f"{text}; grant the app the scope orders.read")
    if USER_GONE.search(told):
        return ReauthRequired(f"{text}; somebody active at the store has to install the app again")
    if SPENT.search(told):
        return ReauthRequired(f"{text}; install the app again and put its new tokens into the connection")
    return TokenExpired(text)


def throttle(response: ApiResponse) -> float:
    """Seconds to rest: until the bucket is empty when nothing is left of it, a second a call when little is."""
    limit, left = (response.headers.get(name, "") for name in (LIMIT_HEADER, LEFT_HEADER))
    if not limit.isdecimal() or not left.isdecimal() or int(left) > SCARCE * int(limit):
        return 0.0
    return DRAIN_SECONDS if int(left) else retry_after(response.headers, RESET_HEADER) or DRAIN_SECONDS
