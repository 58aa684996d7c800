"""What TikTok's codes mean: failures come with HTTP 200, so `check` reads the body."""

from __future__ import annotations

import msgspec

from adsync.errors import (
    AdsyncError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TooMuchData,
)
from adsync.sources.base import Answer
from adsync.sources.decode import decode, documented
from adsync.sources.statuses import HTTP_ERROR, of_status

MINUTE_LIMIT_SECONDS = 300.0
INCOMPLETE_HEADER = "x-tt-ads-throttle"
RATE_CODES = {40016, 40100, 40132, 40102, 40133}
LOGIN_CODES = {40104, 40105, 40110}
NO_PERMISSION = 40001
TRANSIENT_CODES = {40200, 40201, 40202, 40700}
# The same request would time out again, and the third time TikTok blocks it for ten minutes.
TIMED_OUT = 51001
TRANSIENT_RANGE = range(50000, 70000)


class Envelope(msgspec.Struct):
    code: int
    message: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


ENVELOPE = msgspec.json.Decoder(Envelope)


def check(answer: Answer) -> None:
    """Raise what a non-zero `code` stands for; a report that was cut short is no success either."""
    if INCOMPLETE_HEADER in answer.headers:
        raise TooMuchData(f"tiktok left rows out: {answer.headers[INCOMPLETE_HEADER]}")
    if answer.status >= HTTP_ERROR:
        _refuse(documented(answer.body, ENVELOPE))
        raise of_status("tiktok", answer)
    if answer.body.startswith(b"{"):
        _refuse(decode(answer.body, ENVELOPE, "tiktok"))


def _refuse(envelope: Envelope | None) -> None:
    if envelope and envelope.code:
        raise _meaning(envelope.code, f"tiktok code {envelope.code}: {envelope.message}")


def _meaning(code: int, text: str) -> AdsyncError:
    if code in RATE_CODES:
        return RateLimited(text, retry_after=_limit_seconds(text))
    if code in LOGIN_CODES:
        return ReauthRequired(f"{text}; authorise the app again and put the new token into the connection")
    if code == NO_PERMISSION:
        return ReauthRequired(f"{text}; grant this app access to the advertiser")
    if code == TIMED_OUT:
        return TooMuchData(text)
    if code in TRANSIENT_CODES or code in TRANSIENT_RANGE:
        return TemporaryError(text)
    return PermanentError(text)


def _limit_seconds(text: str) -> float | None:
    """A breach of the limit per second passes in seconds, of that per minute in five minutes."""
    if "QPD" in text:
        return None
    return 2.0 if "QPS" in text else MINUTE_LIMIT_SECONDS
