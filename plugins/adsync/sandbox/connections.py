"""connections.json: where each platform is reached, with which first secrets; `airflow connections import` reads it."""

from __future__ import annotations

from collections.abc import Callable

from adsync.sandbox.facts import OF as OF_ALL
from adsync.sandbox.inventing.accounts import META_APP_ID, AdAccount, Store
from adsync.sandbox.vault import client_id, client_secret, renews
from adsync.sandbox.woocommerce_calls import consumer_key, consumer_secret
from adsync.sandbox.world import World
from adsync.sandbox.zid import REDIRECT_URI

API_VERSIONS = {"meta": "v26.0", "shopify": "2026-10"}
Connection = dict[str, object]


def connections(world: World, base_url: str) -> dict[str, Connection]:
    """Connection by id."""
    accounts = (*world.ad_accounts, *world.stores)
    return {one.conn_id: {"conn_type": "generic", **OF[one.platform](one, base_url, world)} for one in accounts}


def _meta(account: AdAccount, base_url: str, _world: World) -> Connection:
    app = {"app_id": META_APP_ID, "app_secret": account.app_secret} if account.app_secret else {}
    more = {"token_url": f"{base_url}/meta/oauth/access_token"} if app else {}
    return {
        "host": f"{base_url}/meta",
        "password": account.token,
        "extra": {"api_version": API_VERSIONS["meta"], **app, **more},
    }


def _tiktok(account: AdAccount, base_url: str, _world: World) -> Connection:
    return {"host": f"{base_url}/tiktok/open_api/v1.3", "password": account.token, "extra": {}}


def _snapchat(account: AdAccount, base_url: str, _world: World) -> Connection:
    url = f"{base_url}/snapchat/login/oauth2/access_token"
    return {"host": f"{base_url}/snapchat/v1", "password": account.token, "extra": _renewal(account, url)}


def _shopify(store: Store, base_url: str, _world: World) -> Connection:
    host = f"{base_url}/shopify/{store.id}"
    renewal = _renewal(store, f"{host}/admin/oauth/access_token") if renews(store) else {}
    return {"host": host, "password": store.token, "extra": {"api_version": API_VERSIONS["shopify"], **renewal}}


def _woocommerce(store: Store, base_url: str, _world: World) -> Connection:
    return {
        "host": f"{base_url}/woocommerce/{store.id}{store.path}",
        "login": consumer_key(store),
        "password": consumer_secret(store),
        "extra": {"rest_route": "true"} if store.plain_permalinks else {},
    }


def _salla(store: Store, base_url: str, world: World) -> Connection:
    renewal = _renewal(store, f"{base_url}/salla/oauth2/token")
    # Told by the world's clock: a connection that reads differently each time would look filled anew.
    expires = int(world.now.timestamp() + (OF_ALL["salla"].tokens.seconds or 0))
    return {
        "host": f"{base_url}/salla/admin/v2",
        "password": store.token,
        "extra": {**renewal, "expires": expires},
    }


def _zid(store: Store, base_url: str, _world: World) -> Connection:
    renewal = _renewal(store, f"{base_url}/zid/oauth/token")
    app = {"authorization": store.token.replace("-token-", "-authorization-"), "redirect_uri": REDIRECT_URI}
    return {"host": f"{base_url}/zid/v1", "password": store.token, "extra": {**app, **renewal}}


def _renewal(account: AdAccount | Store, token_url: str) -> dict[str, str]:
    return {
        "refresh_token": account.token.replace("-token-", "-refresh-"),
        "client_id": client_id(account.platform),
        "client_secret": client_secret(account.platform),
        "token_url": token_url,
    }


OF: dict[str, Callable[..., Connection]] = {
    "meta": _meta,
    "tiktok": _tiktok,
    "snapchat": _snapchat,
    "shopify": _shopify,
    "woocommerce": _woocommerce,
    "salla": _salla,
    "zid": _zid,
}
