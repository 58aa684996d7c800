"""Shopify's errors: HTTP statuses, and error codes inside HTTP 200."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from adsync.errors import (
    AdsyncError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TokenExpired,
    TooMuchData,
)
from adsync.models import ApiResponse
from adsync.sources.common.decoding import decode, decode_or_none
from adsync.sources.common.http_errors import UNAUTHORIZED, error_for_status

HTTP_OK = 200
HTTP_FORBIDDEN = {402, 403}
THROTTLED = "THROTTLED"
TRANSIENT = {"INTERNAL_SERVER_ERROR", "TIMEOUT"}
DENIED = {"ACCESS_DENIED", "SHOP_INACTIVE"}
# Since 2026-04-01 for new public apps, from 2027-01-01 for all of them.
OLD_TOKEN = re.compile("non-?expiring|expiring offline", re.IGNORECASE)

EXPIRING_TOKENS = (
    "non-expiring access tokens of public apps are no longer accepted: exchange the token for an expiring one "
    "(expiring=1), then put the access token, refresh_token, client_id and client_secret into the connection; "
    "docs/accounts.md describes how"
)


class Throttle(msgspec.Struct, rename="camel"):
    currently_available: float
    restore_rate: float


class Cost(msgspec.Struct, rename="camel"):
    requested_query_cost: float = 0
    throttle_status: Throttle | None = None


class Reason(msgspec.Struct):
    code: str = ""


class Problem(msgspec.Struct):
    message: str = ""
    extensions: Reason = msgspec.field(default_factory=Reason)


class Extensions(msgspec.Struct):
    cost: Cost | None = None


class Envelope(msgspec.Struct):
    errors: list[Problem] = msgspec.field(default_factory=list)
    extensions: Extensions = msgspec.field(default_factory=Extensions)


class Rejection(msgspec.Struct):
    errors: Any


ENVELOPE = msgspec.json.Decoder(Envelope)
REJECTION = msgspec.json.Decoder(Rejection)
MAX_SAID = 300


def check(response: ApiResponse) -> None:
    """Raises the error of the status, or that of the errors in the body: the first whose remedy is known."""
    if response.status != HTTP_OK:
        raise _status_error(response)
    envelope = decode(response.body, ENVELOPE, "shopify")
    if envelope.errors:
        found = [_code_error(problem, envelope.extensions.cost) for problem in envelope.errors]
        raise next((error for error in found if type(error) is not PermanentError), found[0])


def _status_error(response: ApiResponse) -> AdsyncError:
    text = f"shopify returned HTTP {response.status}{_said(response)}"
    if response.status == UNAUTHORIZED:
        return TokenExpired(
            f"{text}: access token rejected; reinstall the app and put its new token into the connection"
        )
    if response.status in HTTP_FORBIDDEN and OLD_TOKEN.search(text):
        return ReauthRequired(f"{text}: {EXPIRING_TOKENS}")
    if response.status in HTTP_FORBIDDEN:
        return ReauthRequired(f"{text}: the store is frozen or the app lacks read_orders: ask the store's owner")
    return error_for_status("shopify", response)


def _said(response: ApiResponse) -> str:
    """Returns what a rejection says of itself, after a blank; it is one text where GraphQL has a list."""
    rejection = decode_or_none(response.body, REJECTION)
    said = rejection.errors if rejection and isinstance(rejection.errors, str) else ""
    return f" {said[:MAX_SAID]}" if said else ""


def _code_error(problem: Problem, cost: Cost | None) -> AdsyncError:
    code, text = problem.extensions.code, f"shopify {problem.extensions.code}: {problem.message}"
    if OLD_TOKEN.search(problem.message):
        return ReauthRequired(f"{text}; {EXPIRING_TOKENS}")
    if THROTTLED in {code, problem.message.upper()}:
        return RateLimited(text, retry_after=_refill_seconds(cost))
    if code == "MAX_COST_EXCEEDED":
        return TooMuchData(text)
    if code in TRANSIENT:
        return TemporaryError(text)
    if code in DENIED:
        return ReauthRequired(f"{text}; ask the store's owner to grant the app access again")
    return PermanentError(text)


def throttle(response: ApiResponse) -> float:
    """Returns the seconds until the bucket holds the points for another query like this one."""
    envelope = decode_or_none(response.body, ENVELOPE)
    return _missing_seconds(envelope.extensions.cost) or 0.0 if envelope else 0.0


def _refill_seconds(cost: Cost | None) -> float | None:
    """Returns the wait after a rejected query; None if the response does not say."""
    seconds = _missing_seconds(cost)
    return None if seconds is None else max(1.0, seconds)


def _missing_seconds(cost: Cost | None) -> float | None:
    """Returns the seconds until the bucket holds the points of the query; None if the response does not say."""
    bucket = cost and cost.throttle_status
    if not cost or not bucket or not bucket.restore_rate:
        return None
    return max(0.0, (cost.requested_query_cost - bucket.currently_available) / bucket.restore_rate)
