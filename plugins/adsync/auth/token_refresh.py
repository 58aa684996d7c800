"""Answers, tokens, and how a platform gives new ones; names that everybody takes from `base`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from adsync.models import ApiResponse, Credentials, Token

if TYPE_CHECKING:
    import httpx


class Refusal(msgspec.Struct):
    """How a token server says no (RFC 6749, 5.2)."""

    error: str
    error_description: str = ""


REFUSAL = msgspec.json.Decoder(Refusal)
REFUSED, SERVER_ERROR, UNAVAILABLE = 400, 500, 503


def definitely_rejected(answer: ApiResponse) -> bool:
    """Whether a failure says for certain that no token was given, so that the refresh token is what it was.

    Any other failure of a server may stand in the place of an answer that got lost, as a gateway's does.
    """
    if answer.status == UNAVAILABLE or REFUSED <= answer.status < SERVER_ERROR:
        return True
    try:
        return answer.status >= SERVER_ERROR and bool(REFUSAL.decode(answer.body).error)
    except msgspec.DecodeError:
        return False


def has_refresh_token(_: Credentials, token: Token) -> bool:
    return bool(token.refresh)


@dataclass(frozen=True)
class TokenRefresh:
    """How a platform renews tokens: the request to send, and the new token read from its answer.

    `read(answer, old, now)` raises ReauthRequired when the refresh token is dead. `single_use` says that
    a refresh token dies when it is used; `possible` whether connection and token hold what it takes; `refused`
    whether an answer says that nothing was given, and so nothing used up.
    Housekeeping renews what nobody uses: tokens older than `every`, and those that end within `early`.
    """

    request: Callable[[Credentials, Token], httpx.Request]
    read: Callable[[ApiResponse, Token, datetime], Token]
    single_use: bool = False
    every: timedelta | None = None
    early: timedelta | None = None
    possible: Callable[[Credentials, Token], bool] = has_refresh_token
    refused: Callable[[ApiResponse], bool] = definitely_rejected


def initial_token(credentials: Credentials) -> Token:
    """The token a person put into the connection: the password, and `refresh_token` and `expires` of its extra.

    `expires` is in Unix seconds.
    """
    extra = credentials.extra
    expires = datetime.fromtimestamp(int(extra["expires"]), UTC) if extra.get("expires") else None
    return Token(credentials.password, str(extra.get("refresh_token", "")), expires)
