"""A Zid session: two secrets used crosswise, their renewal, and the store that they open.

The access token is the store's and goes into X-Manager-Token, `authorization` is the app's and goes behind Bearer.
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
# Both tokens live a year.
MAX_TOKEN_AGE = timedelta(days=300)


class Currency(msgspec.Struct):
    code: str


class Store(msgspec.Struct):
    id: int | str
    title: str
    timezone: str
    currency: Currency


class User(msgspec.Struct):
    store: Store


class Profile(msgspec.Struct):
    user: User


class StoreRow(msgspec.Struct):
    id: int | str
    title: str
    timezone: str
    currency: str


class Secrets(msgspec.Struct):
    """The app's secret is at times written with a capital."""

    authorization: str = ""
    capital: str = msgspec.field(name="Authorization", default="")


PROFILE = msgspec.json.Decoder(Profile)
STORE = msgspec.json.Decoder(StoreRow)
SECRETS = msgspec.json.Decoder(Secrets)


class CrossedTokens(httpx.Auth):
    """The app behind Bearer, the store in a header of Zid's own; the other way round is refused."""

    def __init__(self, app: str, store: str) -> None:
        self.headers = {"Authorization": f"Bearer {app}", "X-Manager-Token": store, "Accept": "application/json"}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.update(self.headers)
        yield request


def auth(credentials: Credentials, token: Token) -> httpx.Auth:
    if not token.access or not token.extra.get("authorization"):
        raise ConfigError(
            f"connection {credentials.conn_id} needs two secrets: the store's access_token as password, and the app's "
            "`authorization` in its extra"
        )
    return CrossedTokens(token.extra["authorization"], token.access)


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
    return AccountInfo(store.title, store.currency, store.timezone)


def token_request(credentials: Credentials, token: Token) -> httpx.Request:
    """Unlike elsewhere, `redirect_uri` is needed."""
    return oauth.form(credentials, token, REFRESH_URL, "redirect_uri")


def read_token(response: ApiResponse, old: Token, now: datetime) -> Token:
    """Three secrets come back, and all are new."""
    token = oauth.reader("zid", REMEDY)(response, old, now)
    secrets = decode(response.body, SECRETS, "zid token")
    app = secrets.authorization or secrets.capital
    if not app:
        raise ReauthRequired(f"zid gave a new token without the app's `authorization`; {REMEDY}")
    return replace(token, extra={"authorization": app})


# Nobody says whether a refresh token may be used twice: taken for no.
TOKEN_REFRESH = TokenRefresh(token_request, read_token, single_use=True, max_age=MAX_TOKEN_AGE)
