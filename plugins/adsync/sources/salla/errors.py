"""Salla's errors. Messages are requested in English, and some come in Arabic: five kinds of 401 differ in nothing else.

Only one of the five, an expired access token, allows a refresh: a refresh token can be used once.
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
# Below this share of the limit, calls are sent at the rate at which the bucket drains.
SCARCE, DRAIN_SECONDS = 0.1, 1.0
SCOPE = re.compile("scope|صلاحيات|نطاق", re.IGNORECASE)
# Tells an access token that a refresh replaces from everything else.
TOKEN_INVALID = re.compile(
    "(token|توكن|رمز).*(expired|invalid|منته|غير صالح)|(expired|invalid|انته|منته).*(token|توكن|رمز)", re.IGNORECASE
)
# The user who installed the app, the store or the app itself: a message about one of them is not about the token.
USER_GONE = re.compile(
    r"\b(users?|accounts?|merchants?|stores?|subscriptions?|apps?|applications?)\b"
    r"|\b(deleted|inactive|not active|disabled|suspended)\b"
    "|مستخدم|حساب|متجر|تاجر|اشتراك|تطبيق|مفعل|موقوف|محذوف",
    re.IGNORECASE,
)
SPENT = re.compile("refresh[_ ]token|invalid_grant", re.IGNORECASE)


class OrderGone(PermanentError):
    """The record does not exist."""


class Problem(msgspec.Struct):
    code: int | str | None = None
    message: str = ""


class Envelope(msgspec.Struct):
    error: Problem | str | None = None
    error_description: str = ""

    @property
    def problem(self) -> Problem | None:
        """The error; the token server returns it as a plain word."""
        return Problem(self.error, self.error_description) if isinstance(self.error, str) else self.error


ENVELOPE = msgspec.json.Decoder(Envelope)


def check(response: ApiResponse) -> None:
    """Raises the error of the status, or an `error` in the body of a successful response."""
    if response.status >= HTTP_ERROR:
        envelope = decode_or_none(response.body, ENVELOPE)
        raise _status_error(response, envelope.problem if envelope else None)
    if problem := decode(response.body, ENVELOPE, "salla").problem:
        text = f"salla error {problem.code} in a successful response: {problem.message}"
        raise OrderGone(text) if str(problem.code) in {str(code) for code in GONE} else PermanentError(text)


def _status_error(response: ApiResponse, problem: Problem | None) -> AdsyncError:
    text = f"salla returned HTTP {response.status}" + (f" {problem.code}: {problem.message}" if problem else "")
    if response.status in TOO_MANY_REQUESTS:
        return RateLimited(text, retry_after=retry_after(response.headers, RESET_HEADER) or DEFAULT_WAIT)
    if problem is None or response.status >= SERVER_ERROR:
        return error_for_status("salla", response)
    if response.status == UNAUTHORIZED:
        return _unauthorized(problem, text)
    if response.status == FORBIDDEN and not SCOPE.search(problem.message):
        return RateLimited(f"{text}: temporary block", retry_after=BLOCKED_SECONDS)
    if response.status == FORBIDDEN:
        return ReauthRequired(f"{text}; grant the app the scope orders.read")
    return OrderGone(text) if response.status in GONE else PermanentError(text)


def _unauthorized(problem: Problem, text: str) -> AdsyncError:
    message = f"{problem.code} {problem.message}"
    if SCOPE.search(message):
        return ReauthRequired(f"{text}; grant the app the scope orders.read")
    if SPENT.search(message):
        return ReauthRequired(f"{text}; reinstall the app and put its new tokens into the connection")
    if TOKEN_INVALID.search(message):
        return TokenExpired(text)
    if USER_GONE.search(message):
        return ReauthRequired(
            f"{text}; the user who installed the app is inactive or gone: an active user of the store must reinstall it"
        )
    return TokenExpired(text)


def throttle(response: ApiResponse) -> float:
    """Returns the seconds to pause: until the limit is reset if it is used up, one second if little is left."""
    limit, left = (response.headers.get(name, "") for name in (LIMIT_HEADER, LEFT_HEADER))
    if not limit.isdecimal() or not left.isdecimal() or int(left) > SCARCE * int(limit):
        return 0.0
    return DRAIN_SECONDS if int(left) else retry_after(response.headers, RESET_HEADER) or DRAIN_SECONDS
