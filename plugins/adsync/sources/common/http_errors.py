"""Errors by HTTP status, for bodies without an error that the platform documents.

Such a response may come from a proxy or a gateway instead of the platform.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from adsync.errors import AdsyncError, PermanentError, RateLimited, ReauthRequired, TemporaryError, wait_within_a_day
from adsync.models import ApiResponse

HTTP_ERROR, UNAUTHORIZED, SERVER_ERROR = 400, 401, 500
# 430 is Shopify's own.
TOO_MANY_REQUESTS = {429, 430}
# Request timeout, locked, too early.
TRANSIENT = {408, 423, 425}
# Larger numbers are not seconds to wait, but a Unix time: in seconds, from the second bound on in milliseconds.
UNIX_SECONDS, UNIX_MILLISECONDS = 1e9, 1e12
FAR_FUTURE = 1e14


def error_for_status(platform: str, response: ApiResponse) -> AdsyncError:
    text = f"{platform} returned HTTP {response.status} without a documented error"
    if response.status in TOO_MANY_REQUESTS:
        return RateLimited(text, retry_after=retry_after(response.headers))
    if response.status == UNAUTHORIZED:
        return ReauthRequired(f"{text}; put a valid access token into the connection")
    is_transient = response.status >= SERVER_ERROR or response.status in TRANSIENT
    return TemporaryError(text) if is_transient else PermanentError(text)


def retry_after(headers: Mapping[str, str], reset: str = "") -> float | None:
    """Returns the seconds to wait: Retry-After, else until `reset` (a header with a Unix time); at most a day.

    Retry-After is a number, decimal or not, a Unix time in seconds or milliseconds, or a date. Times are compared with
    the platform's own clock. None: neither header says a time that is still to come.
    """
    now = _unix(headers.get("date", "")) or time.time()
    value = headers.get("retry-after", "").strip()
    seconds = _number(value)
    if seconds is not None:
        return _still_to_come(seconds - now if _is_time(seconds) else seconds)
    until = _unix(value) or _number(headers.get(reset, "").strip())
    return None if until is None else _still_to_come(until - now)


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Returns the platform's own time in whole seconds, by its Date header; None without a valid one."""
    now = _unix(headers.get("date", ""))
    return None if now is None else datetime.fromtimestamp(now, UTC)


def _number(text: str) -> float | None:
    """Returns the number in the text, a Unix time in milliseconds as seconds; None for any other text."""
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return number / 1000 if UNIX_MILLISECONDS <= number < FAR_FUTURE else number


def _is_time(seconds: float) -> bool:
    return UNIX_SECONDS <= seconds < UNIX_MILLISECONDS


def _still_to_come(seconds: float) -> float | None:
    return wait_within_a_day(seconds) or None


def _unix(date: str) -> float | None:
    """Returns the Unix time of an HTTP date; None for any other text."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
