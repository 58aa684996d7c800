"""What Zid's failures mean; bodies have several shapes, and a session that ended may be a redirect to a login page."""

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

REDIRECTED, FORBIDDEN = 300, 403
DEFAULT_WAIT = 60.0
# Our own mistake: a header is missing, and no new token would change that.
HEADERS_MISSING = "ERROR_SESSION_MISSING"
SESSION_ENDED = {"ERROR_SESSION_EXPIRED", "ERROR_SESSION_INVALID"}


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


ENVELOPE = msgspec.json.Decoder(Envelope)


def check(response: ApiResponse) -> None:
    """Raise what status, body and its code stand for; a page for people is a login page."""
    said = decode_or_none(response.body, ENVELOPE) or Envelope()
    text = f"zid answered HTTP {response.status} {said.code}".rstrip() + _request(response)
    if said.code == HEADERS_MISSING:
        raise PermanentError(f"{text}: both Authorization and X-Manager-Token are needed")
    if said.code in SESSION_ENDED or REDIRECTED <= response.status < HTTP_ERROR or response.status == UNAUTHORIZED:
        raise TokenExpired(f"{text}: the session has ended")
    if response.status >= HTTP_ERROR:
        raise _of_status(response, text)
    if response.body.lstrip().startswith(b"<"):
        raise TokenExpired(f"{text}: it shows a login page")
    if said.status == "error":
        raise PermanentError(f"{text}: an error inside a success")


def _of_status(response: ApiResponse, text: str) -> AdsyncError:
    if response.status in TOO_MANY_REQUESTS:
        return RateLimited(text, retry_after=retry_after(response.headers) or DEFAULT_WAIT)
    if response.status == FORBIDDEN:
        return ReauthRequired(f"{text}: ask the merchant to approve the app again, with the right to read orders")
    return error_for_status("zid", response) if response.status >= SERVER_ERROR else PermanentError(text)


def _request(response: ApiResponse) -> str:
    """What Zid's support asks for."""
    number = response.headers.get("x-request-id", "")
    return f" (request {number})" if number else ""
