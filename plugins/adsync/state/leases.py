"""Keeps the leases of a run's accounts for as long as it lives; a killed run loses them within LEASE."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress

import psycopg

from adsync.errors import TemporaryError
from adsync.state.sync_state import LEASE
from adsync.warehouse.connection import connect

# An account that waits for its report has a longer lease already.
KEEP = """
update adsync.sync_state set lease_until = greatest(lease_until, now() + %(lease)s)
where platform = %(source)s and account_id = any(%(ids)s) and lease_owner = %(run_id)s
"""


@asynccontextmanager
async def kept(url: str, source: str, account_ids: Collection[str], run_id: str) -> AsyncIterator[None]:
    """Renew the accounts' leases while the body runs."""
    keeper = asyncio.create_task(_keep(url, source, account_ids, run_id))
    try:
        yield
    finally:
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper


async def _keep(url: str, source: str, account_ids: Collection[str], run_id: str) -> None:
    values = {"source": source, "ids": list(account_ids), "run_id": run_id, "lease": LEASE}
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 4)
        with suppress(TemporaryError, psycopg.OperationalError):
            async with connect(url) as connection:
                await connection.execute(KEEP, values)
