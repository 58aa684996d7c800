"""Snapchat's errors: an HTTP status, or a `request_status` of ERROR inside HTTP 200.

Single items of a list may fail; `api.items` checks each.
"""

from __future__ import annotations

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


class EntityGone(PermanentError):
    """The entity does not exist, or no longer."""


class Envelope(msgspec.Struct):
    request_status: str
    debug_message: str = ""
    display_message: str = ""
    error_code: str = ""


ENVELOPE = msgspec.json.Decoder(Envelope)


def check(response: ApiResponse) -> None:
    """Raises the error of the status or the envelope; the CSV of a report has no envelope."""
    if response.status >= HTTP_ERROR:
        raise _status_error(response)
    if response.body.startswith(b"{"):
        envelope = decode(response.body, ENVELOPE, "snapchat")
        if has_failed(envelope.request_status):
            raise _envelope_error(envelope)


def has_failed(status: str) -> bool:
    """Whether a status stands for an error; its case varies."""
    return status.casefold() != "success"


def _status_error(response: ApiResponse) -> AdsyncError:
    envelope = decode_or_none(response.body, ENVELOPE)
    text = f"snapchat returned HTTP {response.status}"
    if response.status in TOO_MANY_REQUESTS:
        return RateLimited(text, retry_after=retry_after(response.headers, RESET_HEADER) or DEFAULT_WAIT)
    if response.status == UNAUTHORIZED:
        return TokenExpired(f"{text}: access token rejected")
    if response.status == GATEWAY_TIMEOUT:
        return TooMuchData(text)
    if envelope is None or response.status >= SERVER_ERROR:
        return error_for_status("snapchat", response)
    text = f"{text} {envelope.error_code}: {envelope.debug_message or envelope.display_message}"
    if response.status == FORBIDDEN:
        return ReauthRequired(f"{text}; give the token's user a role on this ad account")
    return EntityGone(text) if response.status == GONE else PermanentError(text)


def _envelope_error(envelope: Envelope) -> AdsyncError:
    """Returns the error of an envelope; without a code, the server itself failed."""
    text = f"snapchat {envelope.error_code or 'error'}: {envelope.debug_message or envelope.display_message}"
    if envelope.error_code == UNKNOWN_ENTITY:
        return EntityGone(text)
    return PermanentError(text) if envelope.error_code else TemporaryError(text)
