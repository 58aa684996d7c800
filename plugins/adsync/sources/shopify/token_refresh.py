"""Shopify's renewal: a refresh token that rotates with every use, or an app that asks in its own name.

Only one expiring token is active per app and shop: a new one ends the one before it.
"""

from __future__ import annotations

from datetime import timedelta

import httpx

from adsync.auth.token_refresh import TokenRefresh
from adsync.errors import ConfigError
from adsync.models import Credentials, Token
from adsync.sources.common import oauth

OURSELVES = {"grant_type": "client_credentials"}
REMEDY = "ask the store's owner to install the app again and put its new tokens into the connection"


def request(credentials: Credentials, token: Token) -> httpx.Request:
    extra = credentials.extra
    app = {"client_id": str(extra["client_id"]), "client_secret": str(extra["client_secret"])}
    grant = {"grant_type": "refresh_token", "refresh_token": token.refresh}
    return httpx.Request("POST", _url(credentials), json=app | (grant if token.refresh else OURSELVES))


def can_refresh(credentials: Credentials, _: Token) -> bool:
    return bool(credentials.extra.get("client_id") and credentials.extra.get("client_secret"))


def _url(credentials: Credentials) -> str:
    if url := credentials.extra.get("token_url"):
        return str(url)
    if credentials.host:
        return f"{credentials.host}/admin/oauth/access_token"
    raise ConfigError(
        f"connection {credentials.conn_id} renews its token but has no host: put the shop's address there, such as "
        "https://acme.myshopify.com"
    )


# A refresh token that nobody uses for 90 days is gone.
TOKEN_REFRESH = TokenRefresh(
    request, oauth.reader("shopify", REMEDY), single_use=True, max_age=timedelta(days=30), can_refresh=can_refresh
)
