"""What syncing needs from outside, and the way from there to a client for one account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from adsync.api import rate_limiter
from adsync.api.client import ApiClient, open_api_client
from adsync.auth.token_manager import TokenManager
from adsync.models import Account, Credentials
from adsync.sources.base import Source


@dataclass(frozen=True)
class SyncEnvironment:
    """The stores, the clock, and `credentials`, which turns a conn_id into a connection or raises ConfigError.

    Without `redis_url` nobody shares call budgets.
    """

    warehouse_url: str
    credentials: Callable[[str], Credentials]
    clock: Callable[[], datetime]
    redis_url: str | None = None


@asynccontextmanager
async def open_client(source: Source, account: Account, environment: SyncEnvironment) -> AsyncIterator[ApiClient]:
    """A client for the account, with its token of now and the budgets that it shares."""
    credentials = await asyncio.to_thread(environment.credentials, account.conn_id)
    keeper = TokenManager(environment.warehouse_url, source, account, credentials, environment.clock)
    async with (
        rate_limiter.shared(environment.redis_url, source, account, credentials) as budget,
        open_api_client(keeper, budget) as client,
    ):
        yield client
