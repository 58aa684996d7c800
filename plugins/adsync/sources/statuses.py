"""What an HTTP status stands for when the body holds no error that the platform documents.

Then it may not be the platform that answered, but something on the way to it.
"""

from __future__ import annotations

from collections.abc import Mapping

from adsync.errors import AdsyncError, PermanentError, RateLimited, ReauthRequired, TemporaryError
from adsync.sources.base import Answer

HTTP_ERROR, UNAUTHORISED, SERVER_ERROR = 400, 401, 500
# 430 is Shopify's own.
TOO_MANY = {429, 430}
# Request timeout, locked, too early.
PASSING = {408, 423, 425}


def of_status(platform: str, answer: Answer) -> AdsyncError:
    text = f"{platform} answered HTTP {answer.status} without an error that it documents"
    if answer.status in TOO_MANY:
        return RateLimited(text, retry_after=_told_seconds(answer.headers))
    if answer.status == UNAUTHORISED:
        return ReauthRequired(f"{text}; put a valid access token into the connection")
    passes = answer.status >= SERVER_ERROR or answer.status in PASSING
    return TemporaryError(text) if passes else PermanentError(text)


def _told_seconds(headers: Mapping[str, str]) -> float | None:
    """Seconds of Retry-After; None for its other notation, a date, which no platform here documents."""
    told = headers.get("retry-after", "")
    return float(told) if told.isdecimal() and int(told) else None
