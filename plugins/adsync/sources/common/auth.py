"""How a request proves who it is: each scheme is a generator of requests, testable without a server.

Tokens travel in headers only: a URL ends up in logs.
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
    """Put the token into one header."""

    def __init__(self, header: str, value: str) -> None:
        self.header = header
        self.value = value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers[self.header] = self.value
        yield request


class ProvenToken(HeaderToken):
    """A bearer token with Meta's `appsecret_proof`: hex HMAC-SHA256 of the token, keyed by the app secret."""

    def __init__(self, token: str, app_secret: str) -> None:
        super().__init__("Authorization", f"Bearer {token}")
        self.proof = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.url = request.url.copy_merge_params({"appsecret_proof": self.proof})
        yield from super().auth_flow(request)


def in_header(header: str, prefix: str = "") -> Callable[[Credentials, Token], httpx.Auth]:
    """The access token in `header`, behind `prefix`."""
    return lambda credentials, token: HeaderToken(header, prefix + _filled(credentials, token))


def bearer(credentials: Credentials, token: Token) -> httpx.Auth:
    """`Authorization: Bearer`, with a proof when the connection holds an `app_secret`."""
    if secret := credentials.extra.get("app_secret"):
        return ProvenToken(_filled(credentials, token), str(secret))
    return HeaderToken("Authorization", f"Bearer {_filled(credentials, token)}")


def _filled(credentials: Credentials, token: Token) -> str:
    if not token.access:
        raise ConfigError(
            f"connection {credentials.conn_id} has no password: put the platform's access token into that field"
        )
    return token.access
