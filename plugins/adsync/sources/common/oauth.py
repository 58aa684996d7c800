"""Token refresh by OAuth 2.0 (RFC 6749), as most platforms implement it.

A refresh token that the response does not replace stays valid, and so does everything else the old token held.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import msgspec

from adsync.auth.token_refresh import OAUTH_ERROR, OAuthError
from adsync.errors import AdsyncError, ConfigError, ReauthRequired, TemporaryError
from adsync.models import ApiResponse, Credentials, Token
from adsync.sources.common.decoding import decode, decode_or_none
from adsync.sources.common.http_errors import HTTP_ERROR, SERVER_ERROR, TOO_MANY_REQUESTS, TRANSIENT, error_for_status


class Granted(msgspec.Struct):
    access_token: str
    refresh_token: str = ""
    expires_in: float | None = None


# Errors of the token server itself, whatever its HTTP status; the refresh token is not to blame.
UNAVAILABLE = {"server_error", "temporarily_unavailable"}
GRANTED = msgspec.json.Decoder(Granted)


def reader(platform: str, remedy: str) -> Callable[[ApiResponse, Token, datetime], Token]:
    """Returns a `TokenRefresh.read`; `remedy` is the action for an admin if the platform rejects the refresh token."""

    def read(response: ApiResponse, old: Token, now: datetime) -> Token:
        if response.status >= HTTP_ERROR:
            raise _rejection(platform, response, remedy)
        return granted(platform, response, old, now)

    return read


def granted(platform: str, response: ApiResponse, old: Token, now: datetime) -> Token:
    """Returns the new token of a successful response."""
    found = decode(response.body, GRANTED, f"{platform} token")
    expires_at = None if found.expires_in is None else now + timedelta(seconds=found.expires_in)
    return Token(found.access_token, found.refresh_token or old.refresh, expires_at, old.extra)


def _rejection(platform: str, response: ApiResponse, remedy: str) -> AdsyncError:
    if response.status >= SERVER_ERROR or response.status in TOO_MANY_REQUESTS | TRANSIENT:
        return error_for_status(f"{platform}'s token server", response)
    problem = decode_or_none(response.body, OAUTH_ERROR) or OAuthError(f"HTTP {response.status}")
    text = f"{platform} rejected the token refresh ({problem.error}: {problem.error_description})"
    if problem.error in UNAVAILABLE:
        return TemporaryError(text)
    if problem.error == "invalid_client":
        return ConfigError(f"{text}; correct client_id and client_secret in the connection")
    return ReauthRequired(f"{text}; {remedy}")


def form(credentials: Credentials, token: Token, url: str, *more: str) -> httpx.Request:
    """Returns a refresh request as a form; `more` are further keys of the connection's extra that it sends."""
    values = {"grant_type": "refresh_token", "refresh_token": token.refresh}
    for name in ("client_id", "client_secret", *more):
        if not credentials.extra.get(name):
            raise ConfigError(
                f"missing {name} in the extra of connection {credentials.conn_id} (needed to refresh tokens)"
            )
        values[name] = str(credentials.extra[name])
    return httpx.Request("POST", str(credentials.extra.get("token_url") or url), data=values)
