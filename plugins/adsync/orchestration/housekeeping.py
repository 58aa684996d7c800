"""What has to be done although nobody syncs: tokens kept alive, secrets under the newest key, dead leases cleared."""

from __future__ import annotations

import asyncio
import logging
from typing import LiteralString

import psycopg

from adsync import registry
from adsync.auth import encryption
from adsync.errors import AdsyncError, ReauthRequired
from adsync.extract.context import SyncEnvironment, token_manager
from adsync.models import Account
from adsync.sources.base import Source
from adsync.state import accounts
from adsync.state.sync_state import SyncStateStore
from adsync.warehouse.connection import connect, connect_now

LOG = logging.getLogger(__name__)
OWNER = "housekeeping"
AT_ONCE = 6

# What is sealed, behind its key, and how to replace it. A token that is being renewed at this moment will be sealed
# with the newest key anyway.
SEALED_TOKENS = (
    "select platform, native_id, convert_from(ciphertext, 'utf8') from adsync.tokens where ciphertext <> ''"
    " for update skip locked",
    "update adsync.tokens set ciphertext = convert_to(%s, 'utf8') where platform = %s and native_id = %s",
)
SEALED_KEYS = (
    "select workspace_id, customer_key from adsync.workspaces where customer_key is not null for update",
    "update adsync.workspaces set customer_key = %s where workspace_id = %s",
)
CLEAR = """
update adsync.sync_state set lease_owner = null, lease_until = null
where lease_until < now() - interval '1 minute'
"""


async def renew_tokens(environment: SyncEnvironment) -> dict[str, int]:
    """Renew what would end unused; who cannot be helped asks a person. How many of each."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(source: Source, account: Account) -> str:
        async with gate:
            return await _renewed(source, account, environment)

    found = await asyncio.to_thread(_renewable, environment.warehouse_url)
    results = await asyncio.gather(*(one(source, account) for source, account in found))
    return {word: results.count(word) for word in ("renewed", "fresh", "failed")}


def reseal(url: str) -> int:
    """Seal every stored secret with the newest key; how many were not. After that old keys may be dropped."""
    with connect_now(url) as connection:
        return _resealed(connection, *SEALED_TOKENS) + _resealed(connection, *SEALED_KEYS)


def clear_leases(url: str) -> int:
    """Forget leases whose owner is gone; they hold nobody up, but they look as if somebody were reading."""
    with connect_now(url) as connection:
        return connection.execute(CLEAR).rowcount


def _renewable(url: str) -> list[tuple[Source, Account]]:
    sources = [registry.load(name) for name in registry.names()]
    return [
        (source, account) for source in sources if source.token_refresh for account in accounts.load(url, source.name)
    ]


async def _renewed(source: Source, account: Account, environment: SyncEnvironment) -> str:
    try:
        credentials = await asyncio.to_thread(environment.credentials, account.conn_id)
        tokens = token_manager(source, account, credentials, environment)
        return "renewed" if await tokens.refresh_if_old() else "fresh"
    except ReauthRequired as error:
        await _ask_a_person(source, account, error, environment.warehouse_url)
    except (AdsyncError, psycopg.OperationalError) as error:
        LOG.warning("%s: its token was not renewed, the next sync or tomorrow will: %s", account, error)
    return "failed"


async def _ask_a_person(source: Source, account: Account, error: ReauthRequired, url: str) -> None:
    """As a sync would, unless one is at it: then it will find out by itself."""
    LOG.warning("%s: %s", account, error)
    async with connect(url) as connection:
        await connection.set_autocommit(True)
        ledger = SyncStateStore(connection, account, OWNER)
        if await ledger.take([stream.name for stream in source.streams]):
            await ledger.fail(error, None)
            await ledger.release()


def _resealed(connection: psycopg.Connection, find: LiteralString, replace: LiteralString) -> int:
    found = connection.execute(find).fetchall()
    newer = [(text, *key) for *key, sealed in found if (text := encryption.rotate(sealed))]
    with connection.cursor() as cursor:
        cursor.executemany(replace, newer)
    return len(newer)
