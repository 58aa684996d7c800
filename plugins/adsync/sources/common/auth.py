"""Authentication schemes shared by platforms: each is a generator of requests, testable without a server.

Tokens are sent in headers only: URLs end up in logs.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import httpx

from adsync.errors import ConfigError

if TYPE_CHECKING:
    from adsync.models import Credentials, Token


class HeaderToken(httpx.Auth):
    """Sends the token in one header."""

    def __init__(self, header: str, value: str) -> None:
        self.header = header
        self.value = value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers[self.header] = self.value
        yield request


class BearerWithProof(HeaderToken):
    """Sends a bearer token with Meta's `appsecret_proof`: hex HMAC-SHA256 of the token, keyed by the app secret."""

    def __init__(self, token: str, app_secret: str) -> None:
        super().__init__("Authorization", f"Bearer {token}")
        self.proof = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.url = request.url.copy_merge_params({"appsecret_proof": self.proof})
        yield from super().auth_flow(request)


def in_header(header: str, prefix: str = "") -> Callable[[Credentials, Token], httpx.Auth]:
    """Returns a scheme that sends the access token in `header`, after `prefix`."""
    return lambda credentials, token: HeaderToken(header, prefix + _access_token(credentials, token))


def bearer(credentials: Credentials, token: Token) -> httpx.Auth:
    """Returns `Authorization: Bearer`, with a proof if the connection has an `app_secret`."""
    if secret := credentials.extra.get("app_secret"):
        return BearerWithProof(_access_token(credentials, token), str(secret))
    return HeaderToken("Authorization", f"Bearer {_access_token(credentials, token)}")


def _access_token(credentials: Credentials, token: Token) -> str:
    if not token.access:
        raise ConfigError(
            f"missing password in connection {credentials.conn_id}: put the platform's access token into that field"
        )
    return token.access
