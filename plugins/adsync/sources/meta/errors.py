"""What Meta's error bodies mean, told apart by `code` and `error_subcode`.

`type` says "OAuthException" for nearly everything, rate limits included; the text is read only for the
one request to ask for less that has no subcode of its own.
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

# Limits of the whole app; the others are of one account, one page or one user.
APP_RATE_CODES = {4, 341}
RATE_CODES = {*APP_RATE_CODES, 17, 32, 613, *range(80000, 80007), 80008, 80009, 80014}
LOGIN_CODES = {102, 190}
# What the person at whom an ended login points has to do; any other is over and wants a new one.
LOGIN_REMEDIES = {
    458: "the person removed the app: they must add it again",
    459: "Meta wants the person to pass a check: they must log in on facebook.com first",
    460: "the person changed the password",
    464: "the person's account is not confirmed: they must confirm it on facebook.com first",
    492: "the person lost the role that this token stood for: give it back",
}
PERMISSION_CODES = {10, *range(200, 300)}
PERMISSION_SUBCODE = (100, 3191001)
OBJECT_MISSING = (100, 33)
BAD_CURSOR = 2642
SETTINGS = {
    3: "the app lacks the capability: ask for Marketing API access in the app's dashboard",
    104: "the connection's app_secret is not that of the app which the token belongs to: correct it",
    2635: "this version of the API is retired: set api_version in the connection's extra to a newer one",
}
# An response that is an error begins with it.
ERROR_KEY, ERROR_WITHIN = b'"error"', 100
TRANSIENT_CODES = {1, 2, -2, 960, 2601}
TOO_MUCH = {(100, 1487534), (100, 1504018), (2, 1504038), (-3, 1504045)}
NEVER_WORKS = {(2, 1504041), (2, 1504042)}
REDUCE_TEXT = "reduce the amount of data"


class CursorLost(PermanentError):
    """A cursor of this listing is no longer valid: only its start is."""


class ObjectMissing(PermanentError):
    """Meta knows no such object, or does not show it to this token."""


class Problem(msgspec.Struct):
    code: int
    message: str = ""
    error_subcode: int = 0
    is_transient: bool = False


class Failure(msgspec.Struct):
    error: Problem


FAILURE = msgspec.json.Decoder(Failure)


def check(response: ApiResponse) -> None:
    """Raise what an error body stands for; subcodes first, because codes 1, 2 and 100 mean several things."""
    if response.status < HTTP_ERROR:
        _refuse_malformed(response.body)
        if ERROR_KEY not in response.body[:ERROR_WITHIN]:
            return
    failure = decode_or_none(response.body, FAILURE)
    if failure:
        raise _meaning(failure.error, response.headers)
    if response.status >= HTTP_ERROR:
        raise error_for_status("meta", response)


def _refuse_malformed(body: bytes) -> None:
    """Meta's successes are objects; now and then one is not, and is right when asked for again."""
    text = body.strip()
    if not (text.startswith(b"{") and text.endswith(b"}")):
        raise TemporaryError("meta answered 200 with something that is no whole JSON object")


def _meaning(problem: Problem, headers: Mapping[str, str]) -> AdsyncError:
    code, pair = problem.code, (problem.code, problem.error_subcode)
    text = f"meta error {code}/{problem.error_subcode}: {problem.message}"
    if pair in TOO_MUCH or REDUCE_TEXT in problem.message:
        return TooMuchData(text)
    if pair in NEVER_WORKS:
        return PermanentError(text)
    if code in RATE_CODES:
        scope = "app" if code in APP_RATE_CODES else "account"
        return RateLimited(text, retry_after=regain_seconds(headers), scope=scope)
    if error := _for_a_person(problem, text):
        return error
    if pair == OBJECT_MISSING:
        return ObjectMissing(f"{text}; if it is the account: check its id, and that this token may see it")
    if problem.is_transient or code in TRANSIENT_CODES:
        return TemporaryError(text)
    return CursorLost(text) if code == BAD_CURSOR else PermanentError(text)


def _for_a_person(problem: Problem, text: str) -> AdsyncError | None:
    """Errors of the login, of the permission, of the app and of its settings: each asks for something else."""
    code = problem.code
    if code in LOGIN_CODES:
        remedy = LOGIN_REMEDIES.get(problem.error_subcode, "the login has ended")
        return ReauthRequired(f"{text}; {remedy}; then log in to Meta again and put the new token into the connection")
    if code in PERMISSION_CODES or (code, problem.error_subcode) == PERMISSION_SUBCODE:
        return ReauthRequired(f"{text}; the token works: grant ads_read on this ad account to its user")
    return ConfigError(f"{text}; {SETTINGS[code]}") if code in SETTINGS else None
