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
    from adsync.sources.base import Credentials


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


def in_header(header: str) -> Callable[[Credentials], httpx.Auth]:
    """The connection's password as it is, in `header`."""
    return lambda credentials: HeaderToken(header, token(credentials))


def bearer(credentials: Credentials) -> httpx.Auth:
    """`Authorization: Bearer`, with a proof when the connection holds an `app_secret`."""
    if secret := credentials.extra.get("app_secret"):
        return ProvenToken(token(credentials), str(secret))
    return HeaderToken("Authorization", f"Bearer {token(credentials)}")


def token(credentials: Credentials) -> str:
    if not credentials.password:
        raise ConfigError(
            f"connection {credentials.conn_id} has no password: put the platform's access token into that field"
        )
    return credentials.password
