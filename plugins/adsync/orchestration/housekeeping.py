"""Daily maintenance of stored state: refreshes tokens, rotates encryption keys, clears stale leases."""

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
LEASE_OWNER = "housekeeping"
MAX_CONCURRENT_REFRESHES = 6

# Two statements each: select primary key and ciphertext, update the ciphertext. Locked tokens are skipped: they are
# being refreshed, and a refreshed token is encrypted with the newest key.
ENCRYPTED_TOKENS = (
    "select platform, native_id, convert_from(ciphertext, 'utf8') from adsync.tokens where ciphertext <> ''"
    " for update skip locked",
    "update adsync.tokens set ciphertext = convert_to(%s, 'utf8') where platform = %s and native_id = %s",
)
ENCRYPTED_CUSTOMER_KEYS = (
    "select workspace_id, customer_key from adsync.workspaces where customer_key is not null for update",
    "update adsync.workspaces set customer_key = %s where workspace_id = %s",
)
CLEAR_STALE_LEASES = """
update adsync.sync_state set lease_owner = null, lease_until = null
where lease_until < now() - interval '1 minute'
"""


async def refresh_tokens(environment: SyncEnvironment) -> dict[str, int]:
    """Refreshes every token that is old or expires soon, and returns how many were refreshed, fresh and failed.

    An account whose token cannot be refreshed gets an admin notice.
    """
    semaphore = asyncio.Semaphore(MAX_CONCURRENT_REFRESHES)

    async def refresh(source: Source, account: Account) -> str:
        async with semaphore:
            return await _refresh(source, account, environment)

    refreshable = await asyncio.to_thread(_refreshable_accounts, environment.warehouse_url)
    results = await asyncio.gather(*(refresh(source, account) for source, account in refreshable))
    return {result: results.count(result) for result in ("refreshed", "fresh", "failed")}


def rotate_encryption(url: str) -> int:
    """Re-encrypts every stored secret with the newest key of ADSYNC_TOKEN_KEY, and returns how many were older.

    Afterwards the older keys can be removed.
    """
    with connect_now(url) as connection:
        return _rotate(connection, *ENCRYPTED_TOKENS) + _rotate(connection, *ENCRYPTED_CUSTOMER_KEYS)


def clear_stale_leases(url: str) -> int:
    """Clears expired leases and returns how many; they block no run, but look like a running sync."""
    with connect_now(url) as connection:
        return connection.execute(CLEAR_STALE_LEASES).rowcount


def _refreshable_accounts(url: str) -> list[tuple[Source, Account]]:
    sources = [registry.load(name) for name in registry.names()]
    return [
        (source, account) for source in sources if source.token_refresh for account in accounts.load(url, source.name)
    ]


async def _refresh(source: Source, account: Account, environment: SyncEnvironment) -> str:
    try:
        credentials = await asyncio.to_thread(environment.credentials, account.conn_id)
        tokens = token_manager(source, account, credentials, environment)
        return "refreshed" if await tokens.refresh_if_old() else "fresh"
    except ReauthRequired as error:
        await _open_notice(source, account, error, environment.warehouse_url)
    except (AdsyncError, psycopg.OperationalError) as error:
        LOG.warning("%s: token not refreshed, the next sync or housekeeping run tries again: %s", account, error)
    return "failed"


async def _open_notice(source: Source, account: Account, error: ReauthRequired, url: str) -> None:
    """Marks the account as failed, which opens a notice; if a sync holds the lease, that sync does it."""
    LOG.warning("%s: %s", account, error)
    async with connect(url) as connection:
        await connection.set_autocommit(True)
        store = SyncStateStore(connection, account, LEASE_OWNER)
        if await store.acquire_lease([stream.name for stream in source.streams]):
            await store.mark_failed(error, None)
            await store.release_lease()


def _rotate(connection: psycopg.Connection, select: LiteralString, update: LiteralString) -> int:
    rows = connection.execute(select).fetchall()
    rotated = [(text, *key) for *key, ciphertext in rows if (text := encryption.rotate(ciphertext))]
    with connection.cursor() as cursor:
        cursor.executemany(update, rotated)
    return len(rotated)
