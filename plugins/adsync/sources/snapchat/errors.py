"""Snapchat's errors: an HTTP status, or a `request_status` of ERROR inside HTTP 200.

Single items of a list may fail; `api.items` checks each.
"""

from __future__ import annotations

import re

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
from adsync.sources.common.http_errors import (
    HTTP_ERROR,
    SERVER_ERROR,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
    error_for_status,
    retry_after,
)

FORBIDDEN, GONE, GATEWAY_TIMEOUT = 403, 404, 504
# The limits are per second; the wait after exceeding them is not documented.
DEFAULT_WAIT = 60.0
RESET_HEADER = "x-rate-limit-reset"
UNKNOWN_ENTITY = "E3003"
# A new token would have the same scopes: the status of such an error varies.
SCOPE = re.compile(r"\bscopes?\b|_scope\b", re.IGNORECASE)


class EntityGone(PermanentError):
    """The entity does not exist, or no longer."""


class Refusal(msgspec.Struct):
    """What an error says of itself: in Snapchat's own words, or in those of OAuth. Any part may be null."""

    debug_message: str | None = None
    display_message: str | None = None
    error_code: str | None = None
    error: str | None = None
    error_description: str | None = None

    @property
    def text(self) -> str:
        said = self.debug_message or self.display_message or self.error_description
        return ": ".join(part for part in (self.error_code or self.error, said) if part)


class Envelope(msgspec.Struct):
    request_status: str = ""


REFUSAL = msgspec.json.Decoder(Refusal)
ENVELOPE = msgspec.json.Decoder(Envelope)


def check(response: ApiResponse) -> None:
    """Raises the error of the status or the envelope; the CSV of a report has no envelope."""
    if response.status >= HTTP_ERROR:
        raise _status_error(response)
    if response.body.startswith(b"{"):
        envelope = decode(response.body, ENVELOPE, "snapchat")
        if has_failed(envelope.request_status):
            raise _envelope_error(_refusal(response))


def has_failed(status: str) -> bool:
    """Whether a status stands for an error; its case varies, and an item without one is a success."""
    return status.casefold() not in {"", "success"}


def _status_error(response: ApiResponse) -> AdsyncError:
    refusal = _refusal(response)
    text = f"snapchat returned HTTP {response.status} {refusal.text}".rstrip()
    if response.status in TOO_MANY_REQUESTS:
        return RateLimited(text, retry_after=retry_after(response.headers, RESET_HEADER) or DEFAULT_WAIT)
    if SCOPE.search(refusal.text):
        return _scope_missing(text)
    if response.status == UNAUTHORIZED:
        return TokenExpired(f"{text}: access token rejected")
    if response.status == GATEWAY_TIMEOUT:
        return TooMuchData(text)
    if response.status >= SERVER_ERROR and refusal.text:
        return TemporaryError(text)
    if not refusal.text:
        return error_for_status("snapchat", response)
    if response.status == FORBIDDEN:
        return ReauthRequired(f"{text}; give the token's user a role on this ad account")
    return EntityGone(text) if response.status == GONE else PermanentError(text)


def _refusal(response: ApiResponse) -> Refusal:
    return decode_or_none(response.body, REFUSAL) or Refusal()


def _scope_missing(text: str) -> ReauthRequired:
    return ReauthRequired(
        f"{text}; authorize the app again with the scope snapchat-marketing-api and put the new tokens into the "
        "connection"
    )


def _envelope_error(refusal: Refusal) -> AdsyncError:
    """Returns the error of an envelope; without a code, the server itself failed."""
    text = f"snapchat {refusal.text or 'error without a message'}"
    if SCOPE.search(refusal.text):
        return _scope_missing(text)
    if refusal.error_code == UNKNOWN_ENTITY:
        return EntityGone(text)
    return PermanentError(text) if refusal.error_code else TemporaryError(text)
