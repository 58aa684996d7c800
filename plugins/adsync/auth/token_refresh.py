"""How a platform issues new tokens, declared by each source; the token manager sends the requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from adsync.errors import ConfigError
from adsync.models import ApiResponse, Credentials, Token

if TYPE_CHECKING:
    import httpx


class OAuthError(msgspec.Struct):
    """The error body of a token server (RFC 6749, 5.2)."""

    error: str
    error_description: str = ""


OAUTH_ERROR = msgspec.json.Decoder(OAuthError)
CLIENT_ERROR, SERVER_ERROR, UNAVAILABLE = 400, 500, 503


def definitely_rejected(response: ApiResponse) -> bool:
    """Whether the response proves that no token was issued, so that the refresh token is unused.

    Any other server error may replace a response that was lost, as the 502 of a gateway does.
    """
    if response.status == UNAVAILABLE or CLIENT_ERROR <= response.status < SERVER_ERROR:
        return True
    try:
        return response.status >= SERVER_ERROR and bool(OAUTH_ERROR.decode(response.body).error)
    except msgspec.DecodeError:
        return False


def has_refresh_token(_: Credentials, token: Token) -> bool:
    return bool(token.refresh)


@dataclass(frozen=True)
class TokenRefresh:
    """How a platform refreshes tokens.

    `request` builds the request; `read(response, old, now)` returns the new token, or raises ReauthRequired if the
    refresh token is no longer valid. `single_use`: a refresh token is invalid once it has been used.
    `can_refresh` says whether connection and token hold what a refresh needs, `is_rejection` whether a response proves
    that no token was issued. Housekeeping refreshes unused tokens that are older than `max_age` or expire within
    `refresh_before`.
    """

    request: Callable[[Credentials, Token], httpx.Request]
    read: Callable[[ApiResponse, Token, datetime], Token]
    single_use: bool = False
    max_age: timedelta | None = None
    refresh_before: timedelta | None = None
    can_refresh: Callable[[Credentials, Token], bool] = has_refresh_token
    is_rejection: Callable[[ApiResponse], bool] = definitely_rejected


def initial_token(credentials: Credentials) -> Token:
    """The token in the connection: its password, and `refresh_token` and `expires` (Unix seconds) of its extra."""
    extra = credentials.extra
    return Token(credentials.password, str(extra.get("refresh_token") or ""), _expiry(credentials))


def _expiry(credentials: Credentials) -> datetime | None:
    told = credentials.extra.get("expires")
    if not told:
        return None
    try:
        return datetime.fromtimestamp(float(told), UTC)
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise ConfigError(
            f"invalid expires in the extra of connection {credentials.conn_id} (expected Unix seconds, a number)"
        ) from error
