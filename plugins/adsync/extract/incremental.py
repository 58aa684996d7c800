"""Reading one stream of changes: what moved since the last read, long history by a report, unfinished records again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adsync.extract import async_report
from adsync.extract.reread_queue import RereadQueue
from adsync.load import raw_tables
from adsync.load.raw_tables import RawTarget
from adsync.models import Page
from adsync.ranges import DateRange, TimeRange
from adsync.sources.base import AsyncReport, IncrementalStream, RereadPolicy, Stream
from adsync.state.stream_state import StreamState, SyncSettings, incremental_ranges
from adsync.state.zones import zone_of

if TYPE_CHECKING:
    from adsync.extract.account_sync import AccountSync

# Write one unit: its stream, pages, the coverage that holds once it is written, and the keys that it reads once more.
Unit = Callable[..., Awaitable[StreamState]]
# Read a span by report; False when a part of it is still to be read without one.
Reported = Callable[[Stream, AsyncReport, StreamState, DateRange | TimeRange], Awaitable[bool]]


@dataclass(frozen=True)
class IncrementalSync:
    """One stream of changes of the reader's account."""

    reader: AccountSync
    stream: IncrementalStream
    place: Callable[[Stream], RawTarget]
    unit: Unit
    reported: Reported

    async def read(self, reach: SyncSettings) -> None:
        """Read days asked for by name, else what moved since the last read."""
        if self.reader.asked:
            await self._asked(self.reader.asked)
            return
        covered = await self._coverage()
        if self.stream.report:
            covered = await self._by_report(self.stream.report, covered, reach)
        if self.reader.waiting:
            return
        for span in incremental_ranges(covered, self.reader.clock(), reach, self.stream.max_days):
            pages = self._changed(span, is_news=covered.leads_to(span))
            covered = await self.unit(self.stream, pages, coverage=covered.stretched(span))
            self.reader.reached(span.since.date(), span.until.date())
        if self.stream.reread:
            await self._again(self.stream.reread, covered)

    async def _asked(self, days: DateRange) -> None:
        """What moved in days asked for by name; how far the stream is does not change by that."""
        covered, span = await self._coverage(), days.instants(zone_of(self.reader.account))
        if span.since >= self.reader.clock():
            return
        over = replace(span, until=min(span.until, self.reader.clock()))
        report = self.stream.report
        whole = report and async_report.of_changes(self.reader.account, covered, report, [over], self.reader.clock())
        if report and whole and await self.reported(self.stream, report, covered, whole):
            return
        await self.unit(self.stream, self._changed(span, is_news=False), coverage=await self._coverage())
        self.reader.reached(days.since, days.last_day)

    async def _by_report(self, report: AsyncReport, covered: StreamState, reach: SyncSettings) -> StreamState:
        """Read long history through an asynchronous report; what moved since it was ordered is left to pages."""
        spans = list(incremental_ranges(covered, self.reader.clock(), reach, self.stream.max_days))
        if whole := async_report.of_changes(self.reader.account, covered, report, spans, self.reader.clock()):
            await self.reported(self.stream, report, covered, whole)
        return await self._coverage()

    async def _again(self, again: RereadPolicy, covered: StreamState) -> None:
        """Read once more what was unfinished, as long as there is hope."""
        if due := RereadQueue.of(again, covered, self.reader.clock()).due():
            pages = again.read(self.reader.client, self.reader.account, due)
            await self.unit(self.stream, pages, coverage=covered, due=due)

    def _changed(self, span: TimeRange, *, is_news: bool) -> AsyncIterator[Page]:
        client, account = self.reader.client, self.reader.account
        read = self.stream.read if is_news else self.stream.read_history or self.stream.read
        return read(client, account, span, self._known)

    async def _known(self, keys: Sequence[str]) -> dict[str, bytes]:
        return await raw_tables.payloads(self.reader.ledger.connection, self.place(self.stream), keys)

    async def _coverage(self) -> StreamState:
        return await self.reader.ledger.coverage(self.stream.name)
