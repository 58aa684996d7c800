"""A batch: one unit of work and one transaction. Rows, observations and state commit together or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

from adsync.load import presence, raw_tables, rejected_records
from adsync.load.raw_tables import LoadStats, RawTarget
from adsync.load.rejected_records import NOTHING, ReadAgain
from adsync.models import Page
from adsync.ranges import DateRange
from adsync.state.stream_state import StreamState
from adsync.state.sync_state import SyncStateStore


class PageObserver(Protocol):
    """Sees the pages of a batch while they are written; what it saw becomes part of the committed state."""

    def observe(self, page: Page) -> None:
        """Takes note of a page."""
        ...

    def add_to(self, state: StreamState) -> StreamState:
        """Returns the state with what the pages showed; called after the last one."""
        ...


@dataclass(frozen=True)
class Batch:
    """Pages of a stream, the days they replace (None: upsert only), and the state that holds once they are written.

    `again` says which records they contain unless these no longer exist: rejected ones then leave.
    """

    stream: str
    pages: AsyncIterator[Page]
    state: StreamState
    days: DateRange | None = None
    observer: PageObserver | None = None
    again: ReadAgain = NOTHING


@dataclass(frozen=True)
class BatchWriter:
    """Writes the batches of one account, in the store's connection and under its lease."""

    source: str
    store: SyncStateStore
    clock: Callable[[], datetime]

    async def write(self, batch: Batch) -> LoadStats:
        """Commits one batch; if the lease was lost, TemporaryError is raised and nothing is written."""
        connection = self.store.connection
        async with connection.transaction():
            target = self._target(batch.stream)
            stats = await raw_tables.write_pages(connection, target, _observed(batch), batch.days, batch.again)
            state = batch.observer.add_to(batch.state) if batch.observer else batch.state
            await self.store.commit(batch.stream, state)
        return stats

    async def stored_payloads(self, stream: str, keys: Sequence[str]) -> dict[str, bytes]:
        """Returns the stored payload of each of these keys that has one."""
        return await raw_tables.payloads(self.store.connection, self._target(stream), keys)

    async def rejected_keys(self, stream: str) -> list[str]:
        """Returns the keys of the stream's rejected records to read again now."""
        return await rejected_records.due_keys(self.store.connection, asdict(self._target(stream)))

    def created_between(self, stream: str, created: Sequence[str], days: DateRange) -> AsyncIterator[tuple[str, bytes]]:
        """Yields key and payload of the stored records created in the days."""
        return presence.created_between(self.store.connection, asdict(self._target(stream)), created, days)

    async def mark_deleted(self, stream: str, keys: Sequence[str], state: StreamState) -> int:
        """Marks records as deleted in one transaction, under the lease; returns how many."""
        async with self.store.connection.transaction():
            marked = await presence.mark_deleted(self.store.connection, asdict(self._target(stream)), keys)
            await self.store.commit(stream, state)
        return marked

    def _target(self, stream: str) -> RawTarget:
        return RawTarget(self.source, stream, self.store.account.account_id, self.store.owner, self.clock())


async def _observed(batch: Batch) -> AsyncIterator[Page]:
    async for page in batch.pages:
        if batch.observer:
            batch.observer.observe(page)
        yield page
