"""Salla's tokens: an access token of two weeks, and refresh tokens that die of their use.

Two refreshes with one token revoke everything, so a refresh whose response was lost is nobody's to repeat.
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
REMEDY = "ask the merchant to install the app again and put its new tokens into the connection"
# A refresh token may die of a month's idleness.
MAX_TOKEN_AGE = timedelta(days=10)
# Durations are shorter, instants longer.
MIN_TIMESTAMP = 1e9


class Ends(msgspec.Struct):
    expires: float | None = None
    expires_in: float | None = None


ENDS = msgspec.json.Decoder(Ends)


class SallaToken(httpx.Auth):
    """A bearer token; messages in English, for some errors differ in their wording only."""

    def __init__(self, token: str) -> None:
        self.token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        wanted = {"Accept": "application/json", "Accept-Language": "en"}
        request.headers.update({"Authorization": f"Bearer {self.token}", **wanted})
        yield request


def auth(credentials: Credentials, token: Token) -> httpx.Auth:
    if not token.access:
        raise ConfigError(f"connection {credentials.conn_id} has no password: put the store's access token there")
    return SallaToken(token.access)


def token_request(credentials: Credentials, token: Token) -> httpx.Request:
    return oauth.form(credentials, token, REFRESH_URL)


def read_token(response: ApiResponse, old: Token, now: datetime) -> Token:
    """`expires` is an instant where others say how long; some responses say `expires_in` and mean either."""
    token = oauth.reader("salla", REMEDY)(response, old, now)
    told = decode_or_none(response.body, ENDS) or Ends()
    seconds = told.expires or told.expires_in
    if seconds is None:
        return token
    at = datetime.fromtimestamp(seconds, UTC) if seconds > MIN_TIMESTAMP else now + timedelta(seconds=seconds)
    return replace(token, expires_at=at)


TOKEN_REFRESH = TokenRefresh(token_request, read_token, single_use=True, max_age=MAX_TOKEN_AGE)
