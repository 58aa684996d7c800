"""Zid's authentication with two secrets, their refresh, and the store's record.

The store's access token is sent as X-Manager-Token, the app's `authorization` as the bearer token.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import msgspec

from adsync.api.client import ApiClient
from adsync.auth import token_refresh
from adsync.auth.token_refresh import TokenRefresh
from adsync.errors import ConfigError, ReauthRequired
from adsync.models import Account, AccountInfo, ApiResponse, Credentials, Page, RawJson, Record, Token
from adsync.sources.common import oauth
from adsync.sources.common.decoding import decode

HOST = "https://api.zid.sa/v1"
REFRESH_URL = "https://oauth.zid.sa/oauth/token"
REMEDY = "ask the merchant to approve the app again and put its new tokens into the connection"
# Of most stores; used if the profile names none.
DEFAULT_ZONE = "Asia/Riyadh"
# Both tokens are valid for a year.
MAX_TOKEN_AGE = timedelta(days=300)


class Currency(msgspec.Struct):
    code: str


class Store(msgspec.Struct):
    id: int | str
    title: str
    currency: Currency
    timezone: str | None = None


class User(msgspec.Struct):
    store: Store


class Profile(msgspec.Struct):
    user: User


class StoreRow(msgspec.Struct):
    id: int | str
    title: str
    timezone: str | None
    currency: str


class Secrets(msgspec.Struct):
    """The app's secret; its key is sometimes capitalized."""

    authorization: str = ""
    capital: str = msgspec.field(name="Authorization", default="")


PROFILE = msgspec.json.Decoder(Profile)
STORE = msgspec.json.Decoder(StoreRow)
SECRETS = msgspec.json.Decoder(Secrets)


class AppAndStoreTokens(httpx.Auth):
    """Sends the app's secret as the bearer token and the store's in Zid's own header; the reverse is rejected."""

    def __init__(self, app: str, store: str) -> None:
        self.headers = {"Authorization": f"Bearer {app}", "X-Manager-Token": store, "Accept": "application/json"}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.update(self.headers)
        yield request


def auth(credentials: Credentials, token: Token) -> httpx.Auth:
    if not token.access or not token.extra.get("authorization"):
        raise ConfigError(
            f"missing secret in connection {credentials.conn_id} (expected the store's access_token as password, "
            "and the app's `authorization` in its extra)"
        )
    return AppAndStoreTokens(token.extra["authorization"], token.access)


def initial_token(credentials: Credentials) -> Token:
    return replace(
        token_refresh.initial_token(credentials),
        extra={"authorization": str(credentials.extra.get("authorization", ""))},
    )


def base_url(credentials: Credentials, _account_id: str) -> str:
    return f"{credentials.host or HOST}/"


async def stores(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    response = await client.get("managers/account/profile")
    store = decode(response.body, PROFILE, "zid profile").user.store
    row = StoreRow(store.id, store.title, store.timezone, store.currency.code)
    yield [Record(account.account_id, None, msgspec.json.encode(row))]


def account_info(payload: RawJson) -> AccountInfo:
    store = decode(payload, STORE, "zid store")
    return AccountInfo(store.title, store.currency, store.timezone or DEFAULT_ZONE)


def notes(payload: RawJson) -> tuple[str, ...]:
    if decode(payload, STORE, "zid store").timezone:
        return ()
    return (f"Zid's profile has no time zone: {DEFAULT_ZONE} is used; the merchant can set it in the store's settings",)


def token_request(credentials: Credentials, token: Token) -> httpx.Request:
    """Returns the refresh request; unlike other platforms, Zid requires `redirect_uri`."""
    return oauth.form(credentials, token, REFRESH_URL, "redirect_uri")


def read_token(response: ApiResponse, old: Token, now: datetime) -> Token:
    """Returns the new token; all three secrets are replaced."""
    token = oauth.reader("zid", REMEDY)(response, old, now)
    secrets = decode(response.body, SECRETS, "zid token")
    app = secrets.authorization or secrets.capital
    if not app:
        raise ReauthRequired(f"zid returned a new token without the app's `authorization`; {REMEDY}")
    return replace(token, extra={"authorization": app})


# Whether a refresh token may be used twice is not documented: treated as single-use.
TOKEN_REFRESH = TokenRefresh(token_request, read_token, single_use=True, max_age=MAX_TOKEN_AGE)
