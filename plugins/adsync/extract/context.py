"""What a sync works with: its environment, and per account the context that every strategy receives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adsync.api.client import ApiClient, open_api_client
from adsync.api.rate_limiter import LimitOwners, open_rate_limiter
from adsync.auth.token_manager import TokenManager
from adsync.errors import ContractError
from adsync.extract.reread_queue import RereadQueue
from adsync.extract.results import PendingReport
from adsync.load.batch import Batch, BatchWriter
from adsync.load.raw_tables import LoadStats
from adsync.load.rejected_records import ReadAgain
from adsync.models import Account, Credentials, LearnedLimits, Page
from adsync.ranges import DateRange
from adsync.sources.base import EntityStream, IncrementalStream, Source, Stream
from adsync.state.stream_state import StreamState
from adsync.state.sync_state import SyncStateStore


@dataclass(frozen=True)
class SyncEnvironment:
    """The stores, the clock, and `credentials`, which returns the connection of a conn_id or raises ConfigError.

    Without `redis_url` no rate limit is shared between processes.
    """

    warehouse_url: str
    credentials: Callable[[str], Credentials]
    clock: Callable[[], datetime]
    redis_url: str | None = None


@dataclass
class SyncProgress:
    """What one attempt at an account has done so far; the only mutable part of a SyncContext. Days are inclusive."""

    stats: LoadStats = field(default_factory=LoadStats)
    since: date | None = None
    through: date | None = None
    pending_report: PendingReport | None = None
    notes: list[str] = field(default_factory=list)
    learned: LearnedLimits = field(default_factory=LearnedLimits)

    def add_days(self, since: date, through: date) -> None:
        """Adds days that were read."""
        self.since = min(self.since or since, since)
        self.through = max(self.through or through, through)


@dataclass(frozen=True)
class SyncContext:
    """One attempt at one account, as every strategy receives it; `requested` days replace the missing ones."""

    source: Source
    account: Account
    client: ApiClient
    store: SyncStateStore
    writer: BatchWriter
    clock: Callable[[], datetime]
    requested: DateRange | None = None
    progress: SyncProgress = field(default_factory=SyncProgress)

    @property
    def zone(self) -> ZoneInfo:
        return account_zone(self.account)

    @property
    def today(self) -> date:
        return self.clock().astimezone(self.zone).date()

    async def write(
        self,
        stream: Stream,
        pages: AsyncIterator[Page],
        state: StreamState,
        days: DateRange | None = None,
        rereading: Sequence[str] = (),
    ) -> StreamState:
        """Commits one batch and returns the stream's new state."""
        policy = stream.reread if isinstance(stream, IncrementalStream) else None
        queue = RereadQueue.load(policy, state, self.clock(), rereading) if policy else None
        again = ReadAgain(isinstance(stream, EntityStream), rereading)
        stats = await self.writer.write(Batch(stream.name, pages, state, days, queue, again))
        self.progress.stats += stats
        self.progress.notes += self.client.notes
        self.client.notes.clear()
        if stats.rejected:
            self.progress.notes.append(f"{stream.name}: {stats.rejected:,} rejected (see raw.rejected_records)")
        if days:
            self.progress.add_days(days.since, days.last_day)
        return queue.add_to(state) if queue else state


def account_zone(account: Account) -> ZoneInfo:
    """Returns the account's time zone; ContractError if there is no such zone."""
    try:
        return account.zone
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ContractError(
            f"unknown time zone {account.timezone!r} of {account} (expected an IANA name such as Asia/Riyadh)"
        ) from error


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
