"""What TikTok's codes mean: failures come with HTTP 200, so `check` reads the body."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime

import msgspec

from adsync.errors import AdsyncError, PermanentError, RateLimited, ReauthRequired, TemporaryError, TooMuchData
from adsync.models import ApiResponse
from adsync.sources.common.decoding import decode, decode_or_none
from adsync.sources.common.http_errors import HTTP_ERROR, error_for_status

SECOND_LIMIT_SECONDS, MINUTE_LIMIT_SECONDS = 2.0, 300.0
INCOMPLETE_HEADER = "x-tt-ads-throttle"
# All customers of one developer app share its limits; the other codes are of one advertiser, or of one value.
APP_RATE_CODES = {40016, 40100}
RATE_CODES = {*APP_RATE_CODES, 40132, 40102, 40133}
LOGIN_CODES = {40104, 40105, 40110}
NO_PERMISSION = 40001
# Some of it is missing, and nothing says what.
PARTLY = 20001
TRANSIENT_CODES = {40200, 40201, 40202, 40700}
# The same request would time out again, and the third time TikTok blocks it for ten minutes.
TIMED_OUT = 51001
GATEWAY_TIMED_OUT = {408, 504}
TRANSIENT_RANGE = range(50000, 70000)


class NoPermission(ReauthRequired):
    """The token was not given what it asks for: an advertiser, or a kind of call."""


class Incomplete(TooMuchData):
    """TikTok answered for the newest ads of the account only: fewer days would be cut short in the same way."""


class Envelope(msgspec.Struct):
    code: int
    message: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


ENVELOPE = msgspec.json.Decoder(Envelope)


def check(response: ApiResponse) -> None:
    """Raise what a non-zero `code` stands for; a report that was cut short is no success either."""
    if INCOMPLETE_HEADER in response.headers:
        raise Incomplete(f"tiktok left rows out: {response.headers[INCOMPLETE_HEADER]}")
    if response.status >= HTTP_ERROR:
        _refuse(decode_or_none(response.body, ENVELOPE), response.headers)
        if response.status in GATEWAY_TIMED_OUT:
            raise TooMuchData(f"tiktok answered HTTP {response.status}: it took too long")
        raise error_for_status("tiktok", response)
    if response.body.startswith(b"{"):
        _refuse(decode(response.body, ENVELOPE, "tiktok"), response.headers)


def _refuse(envelope: Envelope | None, headers: Mapping[str, str]) -> None:
    if envelope and envelope.code:
        raise _meaning(envelope.code, f"tiktok code {envelope.code}: {envelope.message}", headers)


def _meaning(code: int, text: str, headers: Mapping[str, str]) -> AdsyncError:
    if code in RATE_CODES:
        scope = "app" if code in APP_RATE_CODES else "account"
        return RateLimited(text, retry_after=_limit_seconds(text, headers), scope=scope)
    if code in LOGIN_CODES:
        return ReauthRequired(f"{text}; authorise the app again and put the new token into the connection")
    if code == NO_PERMISSION:
        return NoPermission(f"{text}; grant this app access to the advertiser")
    if code == TIMED_OUT:
        return TooMuchData(text)
    if code == PARTLY or code in TRANSIENT_CODES or code in TRANSIENT_RANGE:
        return TemporaryError(text)
    return PermanentError(text)


def _limit_seconds(text: str, headers: Mapping[str, str]) -> float | None:
    """Only the text tells which limit it was: per second, per minute, or per day, whose counts end at 00:00 UTC."""
    if "QPD" in text or "daily" in text.lower():
        return _until_midnight(headers.get("date", ""))
    return SECOND_LIMIT_SECONDS if "QPS" in text else MINUTE_LIMIT_SECONDS


def _until_midnight(date: str) -> float | None:
    """Seconds by the clock of the response itself; None when it tells no time."""
    try:
        now = parsedate_to_datetime(date).astimezone(UTC)
    except ValueError:
        return None
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    return (midnight - now).total_seconds()
