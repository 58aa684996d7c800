"""connections.json: each connection's host and first secrets, in the format of `airflow connections import`."""

from __future__ import annotations

from adsync_sandbox.generator.accounts import AdAccount, Store
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms import registry

Connection = dict[str, object]


def connections(world: World, base_url: str) -> dict[str, Connection]:
    """Returns the connections by id."""
    return {one.conn_id: _connection(one, base_url, world) for one in (*world.ad_accounts, *world.stores)}


def _connection(account: AdAccount | Store, base_url: str, world: World) -> Connection:
    platform = registry.module(account.platform, "app")
    return {"conn_type": "generic", **platform.connection(account, f"{base_url}/{account.platform}", world)}
