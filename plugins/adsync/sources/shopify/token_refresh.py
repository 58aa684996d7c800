"""Shopify's token refresh: by a refresh token that changes with every use, or by the app's client credentials.

Only one expiring token is active per app and shop: a new one invalidates the previous one.
"""

from __future__ import annotations

from datetime import timedelta

import httpx

from adsync.auth.token_refresh import TokenRefresh
from adsync.errors import ConfigError
from adsync.models import Credentials, Token
from adsync.sources.common import oauth

CLIENT_CREDENTIALS = {"grant_type": "client_credentials"}
REMEDY = "ask the store's owner to reinstall the app, then put its new tokens into the connection"


def request(credentials: Credentials, token: Token) -> httpx.Request:
    extra = credentials.extra
    app = {"client_id": str(extra["client_id"]), "client_secret": str(extra["client_secret"])}
    grant = {"grant_type": "refresh_token", "refresh_token": token.refresh}
    return httpx.Request("POST", _url(credentials), json=app | (grant if token.refresh else CLIENT_CREDENTIALS))


def can_refresh(credentials: Credentials, _: Token) -> bool:
    return bool(credentials.extra.get("client_id") and credentials.extra.get("client_secret"))


def _url(credentials: Credentials) -> str:
    if url := credentials.extra.get("token_url"):
        return str(url)
    if credentials.host:
        return f"{credentials.host}/admin/oauth/access_token"
    raise ConfigError(
        f"missing host in connection {credentials.conn_id} (needed to refresh tokens): put the shop's URL there, "
        "such as https://acme.myshopify.com"
    )


# A refresh token expires if it is not used for 90 days.
TOKEN_REFRESH = TokenRefresh(
    request, oauth.reader("shopify", REMEDY), single_use=True, max_age=timedelta(days=30), can_refresh=can_refresh
)
