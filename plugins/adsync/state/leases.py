"""Renews the leases of a run's accounts while the run lives; a killed run loses them within LEASE."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress

import psycopg

from adsync.errors import TemporaryError
from adsync.state.sync_state import LEASE
from adsync.warehouse.connection import connect

# An account that waits for a report already has a longer lease.
RENEW = """
update adsync.sync_state set lease_until = greatest(lease_until, now() + %(lease)s)
where platform = %(source)s and account_id = any(%(ids)s) and lease_owner = %(run_id)s
"""


@asynccontextmanager
async def renewed(url: str, source: str, account_ids: Collection[str], run_id: str) -> AsyncIterator[None]:
    """Renews the accounts' leases while the body runs."""
    task = asyncio.create_task(_renew(url, source, account_ids, run_id))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _renew(url: str, source: str, account_ids: Collection[str], run_id: str) -> None:
    values = {"source": source, "ids": list(account_ids), "run_id": run_id, "lease": LEASE}
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 4)
        with suppress(TemporaryError, psycopg.OperationalError):
            async with connect(url) as connection:
                await connection.execute(RENEW, values)
