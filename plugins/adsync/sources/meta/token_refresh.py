"""Meta's token refresh: a valid token is exchanged for one of 60 days; an expired token cannot be.

So tokens are refreshed before they expire, if the expiry is known: from `expires` in the connection, then from each
exchange.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx

from adsync.auth.token_refresh import TokenRefresh
from adsync.models import ApiResponse, Credentials, Token
from adsync.sources.common import oauth
from adsync.sources.meta.errors import check

HOST = "https://graph.facebook.com"
VERSION = "v26.0"
# Without it, a system user's token is not extended by another 60 days.
SYSTEM_USER = {"set_token_expires_in_60_days": "true"}


def exchange(credentials: Credentials, token: Token) -> httpx.Request:
    extra = credentials.extra
    url = extra.get("token_url") or f"{credentials.host or HOST}/{extra.get('api_version', VERSION)}/oauth/access_token"
    params = {
        "grant_type": "fb_exchange_token",
        "client_id": str(extra["app_id"]),
        "client_secret": str(extra["app_secret"]),
        "fb_exchange_token": token.access,
        **(SYSTEM_USER if str(extra.get("system_user", "")).casefold() == "true" else {}),
    }
    return httpx.Request("GET", url, params=params)


def read(response: ApiResponse, old: Token, now: datetime) -> Token:
    check(response)
    return oauth.granted("meta", response, old, now)


def can_refresh(credentials: Credentials, token: Token) -> bool:
    extra = credentials.extra
    return bool(token.access and token.expires_at and extra.get("app_id") and extra.get("app_secret"))


TOKEN_REFRESH = TokenRefresh(exchange, read, refresh_before=timedelta(days=10), can_refresh=can_refresh)
