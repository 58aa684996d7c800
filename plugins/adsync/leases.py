"""Keeping leases while accounts are being read: renewed from beside, because a reader may sit in a long page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress

import psycopg

from adsync import warehouse
from adsync.errors import TemporaryError
from adsync.state import LEASE

RENEW = """
update adsync.sync_state set lease_until = now() + %(lease)s
where platform = %(source)s and account_id = any(%(ids)s) and lease_owner = %(owner)s
"""


@asynccontextmanager
async def kept(url: str, source: str, account_ids: Collection[str], owner: str) -> AsyncIterator[None]:
    """Renew the leases that `owner` holds on these accounts for as long as the body runs."""
    values = {"source": source, "ids": list(account_ids), "owner": owner, "lease": LEASE}
    keeper = asyncio.create_task(_renewing(url, values))
    try:
        yield
    finally:
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper


async def _renewing(url: str, values: dict[str, object]) -> None:
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 4)
        # A warehouse that is away for a moment is the reader's own trouble, not the keeper's.
        with suppress(TemporaryError, psycopg.OperationalError):
            async with await warehouse.connect(url) as connection:
                await connection.execute(RENEW, values)
