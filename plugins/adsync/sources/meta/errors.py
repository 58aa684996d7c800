"""Meta's errors, by `code` and `error_subcode`.

`type` is "OAuthException" for almost everything, rate limits included. The message is read for one error only, a too
large request that has no subcode of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from adsync.errors import (
    AdsyncError,
    ConfigError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TooMuchData,
)
from adsync.models import ApiResponse
from adsync.sources.common.decoding import decode_or_none
from adsync.sources.common.http_errors import HTTP_ERROR, error_for_status
from adsync.sources.meta.rate_limits import regain_seconds

# Limits of the whole app; the others belong to one account, page or user.
APP_RATE_CODES = {4, 341}
RATE_CODES = {*APP_RATE_CODES, 17, 32, 613, *range(80000, 80007), 80008, 80009, 80014}
LOGIN_CODES = {102, 190}
# What the token's user has to do, by subcode; after any other the login has expired.
LOGIN_REMEDIES = {
    458: "the user removed the app: the user must add it again",
    459: "Meta requires a check: the user must log in on facebook.com first",
    460: "the user changed the password",
    464: "the user's account is not confirmed: the user must confirm it on facebook.com first",
    492: "the user lost the role that this token needs: assign it again",
}
PERMISSION_CODES = {10, *range(200, 300)}
PERMISSION_SUBCODE = (100, 3191001)
OBJECT_MISSING = (100, 33)
BAD_CURSOR = 2642
SETTINGS = {
    3: "the app lacks the capability: ask for Marketing API access in the app's dashboard",
    104: "the app_secret in the connection does not belong to the token's app: correct it",
    2635: "this API version is retired: set a newer api_version in the connection's extra",
}
# An error body begins with this key.
ERROR_KEY, ERROR_KEY_WITHIN = b'"error"', 100
TRANSIENT_CODES = {1, 2, -2, 960, 2601}
TOO_MUCH = {(100, 1487534), (100, 1504018), (2, 1504038), (-3, 1504045)}
NEVER_WORKS = {(2, 1504041), (2, 1504042)}
REDUCE_TEXT = "reduce the amount of data"


class CursorLost(PermanentError):
    """The cursor of a listing is no longer valid; the listing has to start over."""


class ObjectMissing(PermanentError):
    """The object does not exist, or this token may not see it."""


class Problem(msgspec.Struct):
    code: int
    message: str = ""
    error_subcode: int = 0
    is_transient: bool = False


class Failure(msgspec.Struct):
    error: Problem


FAILURE = msgspec.json.Decoder(Failure)


def check(response: ApiResponse) -> None:
    """Raises the error of a response; subcodes first, because codes 1, 2 and 100 have several meanings."""
    if response.status < HTTP_ERROR:
        _check_json_object(response.body)
        if ERROR_KEY not in response.body[:ERROR_KEY_WITHIN]:
            return
    failure = decode_or_none(response.body, FAILURE)
    if failure:
        raise _error(failure.error, response.headers)
    if response.status >= HTTP_ERROR:
        raise error_for_status("meta", response)


def _check_json_object(body: bytes) -> None:
    """Successful responses are JSON objects; the exceptions are rare, and right when requested again."""
    text = body.strip()
    if not (text.startswith(b"{") and text.endswith(b"}")):
        raise TemporaryError("meta returned HTTP 200 with a truncated or invalid JSON body")


def _error(problem: Problem, headers: Mapping[str, str]) -> AdsyncError:
    code, pair = problem.code, (problem.code, problem.error_subcode)
    text = f"meta error {code}/{problem.error_subcode}: {problem.message}"
    if pair in TOO_MUCH or REDUCE_TEXT in problem.message:
        return TooMuchData(text)
    if pair in NEVER_WORKS:
        return PermanentError(text)
    if code in RATE_CODES:
        scope = "app" if code in APP_RATE_CODES else "account"
        return RateLimited(text, retry_after=regain_seconds(headers), scope=scope)
    if error := _access_error(problem, text):
        return error
    if pair == OBJECT_MISSING:
        return ObjectMissing(f"{text}; if it is the account: check its id, and that this token may see it")
    if problem.is_transient or code in TRANSIENT_CODES:
        return TemporaryError(text)
    return CursorLost(text) if code == BAD_CURSOR else PermanentError(text)


def _access_error(problem: Problem, text: str) -> AdsyncError | None:
    """Returns the error for login, permission, app and settings; each has its own remedy."""
    code = problem.code
    if code in LOGIN_CODES:
        remedy = LOGIN_REMEDIES.get(problem.error_subcode, "the login has expired")
        return ReauthRequired(f"{text}; {remedy}; then log in to Meta again and put the new token into the connection")
    if code in PERMISSION_CODES or (code, problem.error_subcode) == PERMISSION_SUBCODE:
        return ReauthRequired(f"{text}; the token is valid: grant ads_read on this ad account to its user")
    return ConfigError(f"{text}; {SETTINGS[code]}") if code in SETTINGS else None
