"""What Meta's error bodies mean, told apart by `code` and `error_subcode`.

`type` says "OAuthException" for nearly everything, rate limits included; the text is read only for the
one request to ask for less that has no subcode of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

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
from adsync.sources.decode import documented
from adsync.sources.meta_usage import regain_seconds
from adsync.sources.statuses import HTTP_ERROR, of_status

RATE_CODES = {4, 17, 32, 341, 613, *range(80000, 80007), 80008, 80009, 80014}
LOGIN_CODES = {102, 190}
PERMISSION_CODES = {10, 294, *range(200, 300)}
TRANSIENT_CODES = {1, 2, -2, 960, 2601}
TOO_MUCH = {(100, 1487534), (100, 1504018), (2, 1504038), (-3, 1504045)}
NEVER_WORKS = {(2, 1504041), (2, 1504042)}
REDUCE_TEXT = "reduce the amount of data"


class Problem(msgspec.Struct):
    code: int
    message: str = ""
    error_subcode: int = 0
    is_transient: bool = False


class Failure(msgspec.Struct):
    error: Problem


FAILURE = msgspec.json.Decoder(Failure)


def check(answer: Answer) -> None:
    """Raise what an error body stands for; subcodes first, because codes 1, 2 and 100 mean several things."""
    if answer.status < HTTP_ERROR and not answer.body.startswith(b'{"error"'):
        return
    failure = documented(answer.body, FAILURE)
    raise _meaning(failure.error, answer.headers) if failure else of_status("meta", answer)


def _meaning(problem: Problem, headers: Mapping[str, str]) -> AdsyncError:
    code, pair = problem.code, (problem.code, problem.error_subcode)
    text = f"meta error {code}/{problem.error_subcode}: {problem.message}"
    if pair in TOO_MUCH or REDUCE_TEXT in problem.message:
        return TooMuchData(text)
    if pair in NEVER_WORKS:
        return PermanentError(text)
    if code in RATE_CODES:
        return RateLimited(text, retry_after=regain_seconds(headers))
    if code in LOGIN_CODES:
        return ReauthRequired(f"{text}; log in to Meta again and put the new token into the connection")
    if code in PERMISSION_CODES:
        return ReauthRequired(f"{text}; grant ads_read on this ad account to the token's user")
    if problem.is_transient or code in TRANSIENT_CODES:
        return TemporaryError(text)
    return PermanentError(text)
