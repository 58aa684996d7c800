"""What syncing needs from outside, and the way from there to a client for one account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from adsync.api.client import ApiClient, open_api_client
from adsync.api.rate_limiter import LimitOwners, open_rate_limiter
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
    """Open an API client for the account, with a valid token and the rate limits it shares."""
    credentials = await asyncio.to_thread(environment.credentials, account.conn_id)
    tokens = token_manager(source, account, credentials, environment)
    base_url = source.base_url(credentials, account.account_id)
    owners = LimitOwners.of(account.account_id, credentials)
    async with (
        open_rate_limiter(environment.redis_url, source.name, source.rate_limits, owners) as rate_limiter,
        open_api_client(base_url, source, credentials, tokens, rate_limiter) as client,
    ):
        yield client


def token_manager(
    source: Source, account: Account, credentials: Credentials, environment: SyncEnvironment
) -> TokenManager:
    return TokenManager(
        url=environment.warehouse_url,
        account=account,
        credentials=credentials,
        initial=source.initial_token(credentials),
        token_refresh=source.token_refresh,
        clock=environment.clock,
    )
