"""Meta's errors, by `code` and `error_subcode`.

`type` is "OAuthException" for almost everything, rate limits included. The message is read for two errors only, which
have no code of their own: a too large request, and a missing permission.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

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
REDUCE_TEXT = re.compile(r"reduce the amount of data|too much data", re.IGNORECASE)
# An unknown error: it passes within seconds, or the request is too heavy. `naming` tells them apart.
UNKNOWN_CODE, UNKNOWN = 1, (2, 1504044)
INVALID_PARAMETER = 100
DENIED_TEXT = re.compile(
    r"missing perm|not? (have|has) permission|not (been )?granted|permissions? error", re.IGNORECASE
)
# Meta rejects the fields of a summary now and then, and accepts the same call afterwards.
SUMMARY_TEXT = re.compile(r"cannot include .* in summary param", re.IGNORECASE)
MISSING_TEXT = re.compile(r"unsupported (get|post) request", re.IGNORECASE)
AD_ACCOUNT = re.compile(r"^(act_\d+)(/|$)")


class CursorLost(PermanentError):
    """The cursor of a listing is no longer valid; the listing has to start over."""


class AccessDenied(ReauthRequired):
    """The token is valid, but its user may not read the ad account."""


class ObjectMissing(ReauthRequired):
    """The object does not exist, or this token may not see it."""


class UnknownError(TemporaryError):
    """Meta does not say what failed: a fault that passes, or a request that is too heavy."""


class Problem(msgspec.Struct):
    """The error object. Any part may be null, and `error_subcode` a list."""

    code: Any
    message: str | None = None
    error_subcode: Any = None
    is_transient: Any = None
    error_user_msg: str | None = None

    @property
    def pair(self) -> tuple[int, int]:
        return number(self.code), number(self.error_subcode)

    @property
    def text(self) -> str:
        return sentence(*self.pair, self.message, self.error_user_msg)


class Failure(msgspec.Struct):
    error: Problem


FAILURE = msgspec.json.Decoder(Failure)


def number(value: object) -> int:
    """Returns a code as a number: the first of a list; 0 for null and for any other value."""
    first = value[0] if isinstance(value, list) and value else value
    try:
        return int(first) if isinstance(first, int | str) else 0
    except ValueError:
        return 0


def sentence(code: int, subcode: int, *messages: str | None) -> str:
    """Returns code, subcode and what Meta says, each message once."""
    said = "; ".join(dict.fromkeys(message for message in messages if message))
    return f"meta error {code}/{subcode}: {said}" if code or subcode else said


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
    code, pair, text = number(problem.code), problem.pair, problem.text
    if pair in TOO_MUCH or REDUCE_TEXT.search(text):
        return TooMuchData(text)
    if pair in NEVER_WORKS:
        return PermanentError(text)
    if code in RATE_CODES:
        scope = "app" if code in APP_RATE_CODES else "account"
        return RateLimited(text, retry_after=regain_seconds(headers), scope=scope)
    if error := _access_error(problem, text):
        return error
    if code == UNKNOWN_CODE or pair == UNKNOWN:
        return UnknownError(text)
    if problem.is_transient is True or code in TRANSIENT_CODES or SUMMARY_TEXT.search(text):
        return TemporaryError(text)
    return CursorLost(text) if code == BAD_CURSOR else PermanentError(text)


def _access_error(problem: Problem, text: str) -> AdsyncError | None:
    """Returns the error for login, permission, app and settings; each has its own remedy."""
    code, subcode = problem.pair
    if code in LOGIN_CODES:
        remedy = LOGIN_REMEDIES.get(subcode, "the login has expired")
        return ReauthRequired(f"{text}; {remedy}; then log in to Meta again and put the new token into the connection")
    is_missing = code == INVALID_PARAMETER and MISSING_TEXT.search(text)
    if problem.pair == OBJECT_MISSING or is_missing:
        return ObjectMissing(
            f"{text}; check the account's id, and grant ads_read on this ad account to the token's user"
        )
    is_denied = code == INVALID_PARAMETER and DENIED_TEXT.search(text)
    if code in PERMISSION_CODES or problem.pair == PERMISSION_SUBCODE or is_denied:
        return AccessDenied(f"{text}; the token is valid: grant ads_read on this ad account to its user")
    return ConfigError(f"{text}; {SETTINGS[code]}") if code in SETTINGS else None


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Turns errors of a call to `path` into those of the tree; a denied access names the ad account.

    On `/insights` an unknown error stands for a request that is too heavy, once the client's own tries have failed. An
    object that is missing elsewhere than at the account is not known to all of Meta's servers yet.
    """
    account = AD_ACCOUNT.match(path)
    try:
        yield
    except UnknownError as error:
        if path.endswith("/insights"):
            raise TooMuchData(f"{error}; the request may be too heavy") from error
        raise TemporaryError(str(error)) from error
    except ObjectMissing as error:
        if account:
            raise ReauthRequired(f"ad account {account[1]}: {error}") from error
        raise TemporaryError(str(error)) from error
    except AccessDenied as error:
        raise ReauthRequired(f"ad account {account[1]}: {error}" if account else str(error)) from error
