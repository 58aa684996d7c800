"""Errors by HTTP status, for bodies without an error that the platform documents.

Such a response may come from a proxy or a gateway instead of the platform.
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
TRANSIENT = {408, 423, 425}


def error_for_status(platform: str, response: ApiResponse) -> AdsyncError:
    text = f"{platform} returned HTTP {response.status} without a documented error"
    if response.status in TOO_MANY_REQUESTS:
        return RateLimited(text, retry_after=retry_after(response.headers))
    if response.status == UNAUTHORIZED:
        return ReauthRequired(f"{text}; put a valid access token into the connection")
    is_transient = response.status >= SERVER_ERROR or response.status in TRANSIENT
    return TemporaryError(text) if is_transient else PermanentError(text)


def retry_after(headers: Mapping[str, str], reset: str = "") -> float | None:
    """Returns the seconds to wait: Retry-After (a number or a date), else until `reset` (a header with a Unix second).

    Times are compared with the platform's own clock. None: neither header is present, or the time has passed.
    """
    value = headers.get("retry-after", "")
    if value.isdecimal():
        return float(value) or None
    resets = headers.get(reset, "")
    until = _unix(value) or (float(resets) if resets.isdecimal() else 0.0)
    return max(0.0, until - (_unix(headers.get("date", "")) or time.time())) or None


def _unix(date: str) -> float | None:
    """Returns the Unix time of an HTTP date; None for any other text."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
