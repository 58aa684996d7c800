"""What Snapchat's failures mean: an HTTP status, or a `request_status` of ERROR inside HTTP 200.

One item of a list may have failed while the others are there: `items` in snapchat_calls looks at each.
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
# The limits are of calls per second; nobody documents how long an offender waits.
DEFAULT_WAIT = 60.0
RESET_HEADER = "x-rate-limit-reset"
UNKNOWN_ENTITY = "E3003"


class EntityGone(PermanentError):
    """Snapchat knows no such entity, or knows it no longer."""


class Envelope(msgspec.Struct):
    request_status: str
    debug_message: str = ""
    display_message: str = ""
    error_code: str = ""


ENVELOPE = msgspec.json.Decoder(Envelope)


def check(response: ApiResponse) -> None:
    """Raise what the status or the envelope stands for; a report's CSV has no envelope."""
    if response.status >= HTTP_ERROR:
        raise _of_status(response)
    if response.body.startswith(b"{"):
        envelope = decode(response.body, ENVELOPE, "snapchat")
        if failed(envelope.request_status):
            raise _inside(envelope)


def failed(status: str) -> bool:
    """Statuses are written in capitals or not."""
    return status.casefold() != "success"


def _of_status(response: ApiResponse) -> AdsyncError:
    said = decode_or_none(response.body, ENVELOPE)
    text = f"snapchat answered HTTP {response.status}"
    if response.status in TOO_MANY_REQUESTS:
        return RateLimited(text, retry_after=retry_after(response.headers, RESET_HEADER) or DEFAULT_WAIT)
    if response.status == UNAUTHORIZED:
        return TokenExpired(f"{text}: the access token is not valid")
    if response.status == GATEWAY_TIMEOUT:
        return TooMuchData(text)
    if said is None or response.status >= SERVER_ERROR:
        return error_for_status("snapchat", response)
    text = f"{text} {said.error_code}: {said.debug_message or said.display_message}"
    if response.status == FORBIDDEN:
        return ReauthRequired(f"{text}; give the token's user a role on this ad account")
    return EntityGone(text) if response.status == GONE else PermanentError(text)


def _inside(envelope: Envelope) -> AdsyncError:
    """Without a code of its own, what failed is the server."""
    text = f"snapchat {envelope.error_code or 'error'}: {envelope.debug_message or envelope.display_message}"
    if envelope.error_code == UNKNOWN_ENTITY:
        return EntityGone(text)
    return PermanentError(text) if envelope.error_code else TemporaryError(text)
