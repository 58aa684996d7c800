"""connections.json: where each platform is reached, with which first secrets; `airflow connections import` reads it."""

from __future__ import annotations

from adsync_sandbox.generator.accounts import AdAccount, Store
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms import registry

Connection = dict[str, object]


def connections(world: World, base_url: str) -> dict[str, Connection]:
    """Connection by id."""
    return {one.conn_id: _connection(one, base_url, world) for one in (*world.ad_accounts, *world.stores)}


def _connection(account: AdAccount | Store, base_url: str, world: World) -> Connection:
    platform = registry.module(account.platform, "app")
    return {"conn_type": "generic", **platform.connection(account, f"{base_url}/{account.platform}", world)}
