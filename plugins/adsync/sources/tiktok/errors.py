"""TikTok's errors, by `code`: they are returned with HTTP 200, so `check` reads the body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime

import msgspec

from adsync.errors import AdsyncError, PermanentError, RateLimited, ReauthRequired, TemporaryError, TooMuchData
from adsync.models import ApiResponse
from adsync.sources.common.decoding import decode, decode_or_none
from adsync.sources.common.http_errors import HTTP_ERROR, error_for_status, retry_after

SECOND_LIMIT_SECONDS, MINUTE_LIMIT_SECONDS = 2.0, 300.0
INCOMPLETE_HEADER = "x-tt-ads-throttle"
# Limits of the developer app, shared by all its customers; the others belong to one advertiser or one value.
APP_RATE_CODES = {40016, 40100}
RATE_CODES = {*APP_RATE_CODES, 40132, 40102, 40133}
# Some codes stand for several errors: their text decides.
RATE_TEXT = re.compile(r"too (frequent|many requests)|\bQP[SMD]\b|rate limit", re.IGNORECASE)
TOO_LARGE_TEXT = re.compile(r"too large|reduce the query|too much data", re.IGNORECASE)
LOGIN_CODES = {40104, 40105, 40110}
NO_PERMISSION = 40001
# The response is incomplete, without saying what is missing.
PARTIAL_SUCCESS = 20001
TRANSIENT_CODES = {40200, 40201, 40202, 40700}
# The same request would time out again, and after the third time be blocked for ten minutes; or it is too large.
TIMED_OUT, TOO_LARGE = 51001, 40067
GATEWAY_TIMEOUTS = {408, 504}
TRANSIENT_RANGE = range(50000, 70000)


class NoPermission(ReauthRequired):
    """The token lacks a permission: for an advertiser, or for a kind of call."""


class Incomplete(TooMuchData):
    """TikTok returned only the newest ads of the account: with fewer days the response would be as incomplete."""


class Envelope(msgspec.Struct):
    code: int
    message: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


# Not strict: a code may be a number in quotes.
ENVELOPE = msgspec.json.Decoder(Envelope, strict=False)


def check(response: ApiResponse) -> None:
    """Raises the error of a non-zero `code`, and for an incomplete report."""
    if INCOMPLETE_HEADER in response.headers:
        raise Incomplete(f"tiktok returned an incomplete report: {response.headers[INCOMPLETE_HEADER]}")
    if response.status >= HTTP_ERROR:
        _raise_error(decode_or_none(response.body, ENVELOPE), response.headers)
        if response.status in GATEWAY_TIMEOUTS:
            raise TooMuchData(f"tiktok returned HTTP {response.status}: timeout")
        raise error_for_status("tiktok", response)
    if response.body.startswith(b"{"):
        _raise_error(decode(response.body, ENVELOPE, "tiktok"), response.headers)


def _raise_error(envelope: Envelope | None, headers: Mapping[str, str]) -> None:
    if envelope and envelope.code:
        raise _error(envelope.code, f"tiktok code {envelope.code}: {envelope.message or 'no message'}", headers)


def _error(code: int, text: str, headers: Mapping[str, str]) -> AdsyncError:
    if code in RATE_CODES or RATE_TEXT.search(text):
        scope = "app" if code in APP_RATE_CODES else "account"
        return RateLimited(text, retry_after=_limit_seconds(text, headers), scope=scope)
    if code in LOGIN_CODES:
        return ReauthRequired(f"{text}; authorize the app again and put the new token into the connection")
    if code == NO_PERMISSION:
        return NoPermission(f"{text}; grant this app access to the advertiser")
    if code in {TIMED_OUT, TOO_LARGE} or TOO_LARGE_TEXT.search(text):
        return TooMuchData(text)
    if code == PARTIAL_SUCCESS or code in TRANSIENT_CODES or code in TRANSIENT_RANGE:
        return TemporaryError(text)
    return PermanentError(text)


def _limit_seconds(text: str, headers: Mapping[str, str]) -> float | None:
    """Returns the wait in the header, else by the limit in the text: per second, minute or day (until 00:00 UTC)."""
    if seconds := retry_after(headers):
        return seconds
    if "QPD" in text or "daily" in text.lower():
        return _until_midnight(headers.get("date", ""))
    return SECOND_LIMIT_SECONDS if "QPS" in text else MINUTE_LIMIT_SECONDS


def _until_midnight(date: str) -> float | None:
    """Returns the seconds by the clock of the response; None if it has no date."""
    try:
        now = parsedate_to_datetime(date).astimezone(UTC)
    except ValueError:
        return None
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    return (midnight - now).total_seconds()
