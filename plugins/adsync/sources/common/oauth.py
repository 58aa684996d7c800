"""What token servers have in common (RFC 6749): a refusal names its error, a grant its tokens and their seconds.

A refresh token that the response does not replace stays good, and so does whatever else the old token held.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import msgspec

from adsync.auth.token_refresh import OAUTH_ERROR, OAuthError
from adsync.errors import AdsyncError, ConfigError, ReauthRequired
from adsync.models import ApiResponse, Credentials, Token
from adsync.sources.common.decoding import decode, decode_or_none
from adsync.sources.common.http_errors import HTTP_ERROR, SERVER_ERROR, TOO_MANY_REQUESTS, error_for_status


class Granted(msgspec.Struct):
    access_token: str
    refresh_token: str = ""
    expires_in: float | None = None


GRANTED = msgspec.json.Decoder(Granted)


def reader(platform: str, remedy: str) -> Callable[[ApiResponse, Token, datetime], Token]:
    """A `Renewal.read`; `remedy` tells a person what to do when the platform refuses for good."""

    def read(response: ApiResponse, old: Token, now: datetime) -> Token:
        if response.status >= HTTP_ERROR:
            raise _refused(platform, response, remedy)
        return granted(platform, response, old, now)

    return read


def granted(platform: str, response: ApiResponse, old: Token, now: datetime) -> Token:
    """The new token of an response that is none of the platform's errors."""
    found = decode(response.body, GRANTED, f"{platform} token")
    ends = None if found.expires_in is None else now + timedelta(seconds=found.expires_in)
    return Token(found.access_token, found.refresh_token or old.refresh, ends, old.extra)


def _refused(platform: str, response: ApiResponse, remedy: str) -> AdsyncError:
    if response.status >= SERVER_ERROR or response.status in TOO_MANY_REQUESTS:
        return error_for_status(f"{platform}'s token server", response)
    said = decode_or_none(response.body, OAUTH_ERROR) or OAuthError(f"HTTP {response.status}")
    text = f"{platform} gives no new token ({said.error}: {said.error_description})"
    if said.error == "invalid_client":
        return ConfigError(f"{text}; correct client_id and client_secret in the connection")
    return ReauthRequired(f"{text}; {remedy}")


def form(credentials: Credentials, token: Token, url: str, *more: str) -> httpx.Request:
    """Ask for the next token with the refresh token; `more` names what else of the connection's extra goes along."""
    values = {"grant_type": "refresh_token", "refresh_token": token.refresh}
    for name in ("client_id", "client_secret", *more):
        if not credentials.extra.get(name):
            raise ConfigError(f"connection {credentials.conn_id} cannot renew its token: its extra lacks {name}")
        values[name] = str(credentials.extra[name])
    return httpx.Request("POST", str(credentials.extra.get("token_url") or url), data=values)
