"""Salla's tokens: access tokens for two weeks, and refresh tokens that can be used once.

A second use revokes all tokens, so a refresh whose response was lost is not repeated.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import msgspec

from adsync.auth.token_refresh import TokenRefresh
from adsync.errors import ConfigError
from adsync.models import ApiResponse, Credentials, Token
from adsync.sources.common import oauth
from adsync.sources.common.decoding import decode_or_none

REFRESH_URL = "https://accounts.salla.sa/oauth2/token"
REMEDY = "ask the merchant to reinstall the app, then put its new tokens into the connection"
# A refresh token may expire after a month without use.
MAX_TOKEN_AGE = timedelta(days=10)
# Durations are smaller, Unix times larger.
MIN_TIMESTAMP = 1e9


class Expiry(msgspec.Struct):
    expires: float | None = None
    expires_in: float | None = None


EXPIRY = msgspec.json.Decoder(Expiry)


class SallaToken(httpx.Auth):
    """Sends the bearer token and requests messages in English: some errors differ in their wording only."""

    def __init__(self, token: str) -> None:
        self.token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        accepted = {"Accept": "application/json", "Accept-Language": "en"}
        request.headers.update({"Authorization": f"Bearer {self.token}", **accepted})
        yield request


def auth(credentials: Credentials, token: Token) -> httpx.Auth:
    if not token.access:
        raise ConfigError(
            f"missing password in connection {credentials.conn_id}: put the store's access token into that field"
        )
    return SallaToken(token.access)


def token_request(credentials: Credentials, token: Token) -> httpx.Request:
    return oauth.form(credentials, token, REFRESH_URL)


def read_token(response: ApiResponse, old: Token, now: datetime) -> Token:
    """Returns the new token. `expires` is a Unix time, not a duration; `expires_in` may be either."""
    token = oauth.reader("salla", REMEDY)(response, old, now)
    expiry = decode_or_none(response.body, EXPIRY) or Expiry()
    seconds = expiry.expires or expiry.expires_in
    if seconds is None:
        return token
    at = datetime.fromtimestamp(seconds, UTC) if seconds > MIN_TIMESTAMP else now + timedelta(seconds=seconds)
    return replace(token, expires_at=at)


TOKEN_REFRESH = TokenRefresh(token_request, read_token, single_use=True, max_age=MAX_TOKEN_AGE)
