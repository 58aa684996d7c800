"""Zid's errors. Bodies have several shapes; an expired session may be a redirect to a login page."""

from __future__ import annotations

import msgspec

from adsync.errors import AdsyncError, PermanentError, RateLimited, ReauthRequired, TokenExpired
from adsync.models import ApiResponse
from adsync.sources.common.decoding import decode_or_none
from adsync.sources.common.http_errors import (
    HTTP_ERROR,
    SERVER_ERROR,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
    error_for_status,
    retry_after,
)

REDIRECTED, FORBIDDEN, NOT_FOUND = 300, 403, 404
DEFAULT_WAIT = 60.0
# A header is missing, which a new token would not change.
HEADERS_MISSING = "ERROR_SESSION_MISSING"
SESSION_EXPIRED = {"ERROR_SESSION_EXPIRED", "ERROR_SESSION_INVALID"}


class Message(msgspec.Struct):
    type: str | None = None
    code: str | None = None


class Envelope(msgspec.Struct):
    status: str | int | None = None
    message: Message | str | None = None
    error_code: str | None = None

    @property
    def code(self) -> str:
        inside = self.message.code if isinstance(self.message, Message) else None
        return inside or self.error_code or ""


class OrderGone(PermanentError):
    """The record does not exist."""


ENVELOPE = msgspec.json.Decoder(Envelope)


def check(response: ApiResponse) -> None:
    """Raises the error of the status, the body or its code; an HTML page is a login page."""
    envelope = decode_or_none(response.body, ENVELOPE) or Envelope()
    text = f"zid returned HTTP {response.status} {envelope.code}".rstrip() + _request_id(response)
    if envelope.code == HEADERS_MISSING:
        raise PermanentError(f"{text}: both Authorization and X-Manager-Token are needed")
    if (
        envelope.code in SESSION_EXPIRED
        or REDIRECTED <= response.status < HTTP_ERROR
        or response.status == UNAUTHORIZED
    ):
        raise TokenExpired(f"{text}: session expired")
    if response.status >= HTTP_ERROR:
        raise _status_error(response, text)
    if response.body.lstrip().startswith(b"<"):
        raise TokenExpired(f"{text}: login page returned")
    if envelope.status == "error":
        raise PermanentError(f"{text}: error in a successful response")


def _status_error(response: ApiResponse, text: str) -> AdsyncError:
    if response.status in TOO_MANY_REQUESTS:
        return RateLimited(text, retry_after=retry_after(response.headers) or DEFAULT_WAIT)
    if response.status == FORBIDDEN:
        return ReauthRequired(f"{text}: ask the merchant to approve the app again, with permission to read orders")
    if response.status == NOT_FOUND and "NOT_FOUND" in text:
        return OrderGone(text)
    return error_for_status("zid", response) if response.status >= SERVER_ERROR else PermanentError(text)


def _request_id(response: ApiResponse) -> str:
    """Returns the request id, which Zid's support asks for."""
    number = response.headers.get("x-request-id", "")
    return f" (request {number})" if number else ""
