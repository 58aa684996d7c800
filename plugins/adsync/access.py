"""What syncing needs from outside, and the way from there to a client for one account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from adsync import quota, transport
from adsync.sources.base import Account, Credentials, Source
from adsync.tokens import Keeper
from adsync.transport import Client


@dataclass(frozen=True)
class Environment:
    """The stores, the clock, and `credentials`, which turns a conn_id into a connection or raises ConfigError.

    Without `redis_url` nobody shares call budgets.
    """

    warehouse_url: str
    credentials: Callable[[str], Credentials]
    clock: Callable[[], datetime]
    redis_url: str | None = None


@asynccontextmanager
async def connected(source: Source, account: Account, environment: Environment) -> AsyncIterator[Client]:
    """A client for the account, with its token of now and the budgets that it shares."""
    credentials = await asyncio.to_thread(environment.credentials, account.conn_id)
    keeper = Keeper(environment.warehouse_url, source, account, credentials, environment.clock)
    async with (
        quota.shared(environment.redis_url, source, account, credentials) as budget,
        transport.connect(keeper, budget) as client,
    ):
        yield client
