"""What an HTTP status stands for when the body holds no error that the platform documents.

Then it may not be the platform that answered, but something on the way to it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from adsync.errors import AdsyncError, PermanentError, RateLimited, ReauthRequired, TemporaryError
from adsync.models import ApiResponse

HTTP_ERROR, UNAUTHORIZED, SERVER_ERROR = 400, 401, 500
# 430 is Shopify's own.
TOO_MANY_REQUESTS = {429, 430}
# Request timeout, locked, too early.
PASSING = {408, 423, 425}


def error_for_status(platform: str, response: ApiResponse) -> AdsyncError:
    text = f"{platform} answered HTTP {response.status} without an error that it documents"
    if response.status in TOO_MANY_REQUESTS:
        return RateLimited(text, retry_after=retry_after(response.headers))
    if response.status == UNAUTHORIZED:
        return ReauthRequired(f"{text}; put a valid access token into the connection")
    passes = response.status >= SERVER_ERROR or response.status in PASSING
    return TemporaryError(text) if passes else PermanentError(text)


def retry_after(headers: Mapping[str, str], reset: str = "") -> float | None:
    """Seconds to wait: Retry-After, a number or a date; else until `reset`, a header that holds a Unix second.

    Instants are compared with the platform's own clock; None when nothing was told or it is already past.
    """
    told = headers.get("retry-after", "")
    if told.isdecimal():
        return float(told) or None
    resets = headers.get(reset, "")
    until = _unix(told) or (float(resets) if resets.isdecimal() else 0.0)
    return max(0.0, until - (_unix(headers.get("date", "")) or time.time())) or None


def _unix(date: str) -> float | None:
    """Of an HTTP date; whoever writes something else told nothing."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
