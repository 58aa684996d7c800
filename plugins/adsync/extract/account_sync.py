"""Reading one account, stream by stream: decides the scope, reads the pages, commits unit by unit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from adsync.api.client import ApiClient
from adsync.errors import TooMuchData, Unreadable
from adsync.extract.async_report import OrderedReport, ReportSession, half
from adsync.extract.daily import DailySync
from adsync.extract.incremental import IncrementalSync
from adsync.extract.reread_queue import RereadQueue
from adsync.extract.results import PendingReport
from adsync.load import raw_tables
from adsync.load.raw_tables import LoadStats, RawTarget
from adsync.models import Account, AccountInfo, LearnedLimits, Page
from adsync.ranges import DateRange, TimeRange
from adsync.sources.base import AsyncReport, DailyStream, EntityStream, IncrementalStream, Source, Stream
from adsync.state.stream_state import StreamState, is_fresh
from adsync.state.sync_state import SyncStateStore
from adsync.state.zones import zone_of


@dataclass
class AccountSync:
    """One attempt at one account; `tally`, `since`, `through`, `waiting` and `notes` tell what it did so far."""

    source: Source
    account: Account
    client: ApiClient
    ledger: SyncStateStore
    clock: Callable[[], datetime]
    asked: DateRange | None = None
    tally: LoadStats = field(default_factory=LoadStats)
    since: date | None = None
    through: date | None = None
    waiting: PendingReport | None = None
    facts: AccountInfo | None = None
    notes: list[str] = field(default_factory=list)
    told: tuple[str, ...] = ()
    unreadable: Unreadable | None = None
    learned: LearnedLimits = field(default_factory=LearnedLimits)

    async def read(self) -> None:
        """Read every stream; stop early when a report is not ready yet."""
        reach = await self.ledger.reach()
        for stream in self.source.streams:
            match stream:
                case EntityStream():
                    await self._entity(stream)
                case DailyStream():
                    today = self.clock().astimezone(zone_of(self.account)).date()
                    await DailySync(self, stream, today, self._unit, self._reported).read(reach)
                case IncrementalStream():
                    await IncrementalSync(self, stream, self._place, self._unit, self._reported).read(reach)
        if self.unreadable:
            raise self.unreadable

    async def _entity(self, stream: EntityStream) -> None:
        covered = await self.ledger.coverage(stream.name)
        if (stream.restate_only and not self.asked) or is_fresh(covered, stream.refresh_every, self.clock()):
            return
        pages = stream.read(self.client, self.account)
        if stream is self.source.streams[0]:
            await self._unit(stream, self._noting_facts(pages))
            await self._tell_facts(stream, covered.cursor.get("notes", []))
        else:
            await self._unit(stream, pages)
            await self._mark_read(stream)

    async def _tell_facts(self, stream: EntityStream, said: Sequence[str]) -> None:
        """Keep what the account says of itself; it counts as read only then. A note is passed on once."""
        if self.facts:
            await self.ledger.save_facts(self.facts)
        await self._mark_read(stream, {"notes": list(self.told)} if self.told else {})
        self.notes += [note for note in self.told if note not in said]

    async def _mark_read(self, stream: EntityStream, cursor: Mapping[str, Any] | None = None) -> None:
        """Write down when a stream was read that is not read every time."""
        read_at = {"read_at": str(self.clock())} if stream.refresh_every else {}
        if kept := {**read_at, **(cursor or {})}:
            await self.ledger.remember(stream.name, kept)

    async def _noting_facts(self, pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
        """Pass the pages on; the record of the account itself tells its time zone, which the next streams need."""
        async for page in pages:
            for record in page:
                self.facts, self.told = self.source.account_info(record.payload), self.source.notes(record.payload)
                self.account = replace(self.account, timezone=self.facts.timezone)
                zone_of(self.account)
            yield page

    async def _readable(self, pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
        """Pass the pages on; records that nobody can read are told when everything else is stored."""
        try:
            async for page in pages:
                yield page
        except Unreadable as error:
            self.unreadable = error

    async def _reported(
        self,
        stream: Stream,
        report: AsyncReport,
        covered: StreamState,
        whole: DateRange | TimeRange,
        longest: int | None = None,
    ) -> bool:
        """Read through asynchronous reports; False when a part of `whole` is still to be read without one.

        That is when this app may not order reports, or when the report was begun by a run that asked for less.
        """
        desk = ReportSession(self.client, self.ledger, stream, report, self.clock())
        order = await desk.ordered(covered, whole, longest)
        if order is None:
            return False
        left, longest = order.rest, (order.part.until - order.part.since).days
        try:
            if not await desk.ready(covered, order):
                self.waiting = PendingReport(self.source.name, self.account.account_id, self.account.conn_id, order.id)
                return True
            await self._downloaded(stream, report, covered, order)
        except TooMuchData:
            await desk.forget(covered)
            if not (longest := half(order.part)):
                raise
            left = order.whole
        if left is None:
            return order.holds(whole)
        done = await self._reported(stream, report, await self.ledger.coverage(stream.name), left, longest)
        return done and (self.waiting is not None or order.holds(whole))

    async def _downloaded(
        self, stream: Stream, report: AsyncReport, covered: StreamState, order: OrderedReport
    ) -> None:
        pages = report.download(self.client, self.account, order.id)
        window = order.part if isinstance(order.part, DateRange) else None
        await self._unit(stream, pages, window, covered.reported(order.part))
        self.reached(*order.days)

    async def _unit(
        self,
        stream: Stream,
        pages: AsyncIterator[Page],
        window: DateRange | None = None,
        coverage: StreamState | None = None,
        due: Sequence[str] = (),
    ) -> StreamState:
        """Write one unit: rows, ledger and coverage in one transaction; `due` are keys that it reads once more."""
        covered = coverage or StreamState()
        policy = stream.reread if isinstance(stream, IncrementalStream) else None
        rereads = policy and RereadQueue.of(policy, covered, self.clock())
        async with self.ledger.connection.transaction():
            readable = self._readable(rereads.noting(pages) if rereads else pages)
            tally = await raw_tables.replace_unit(self.ledger.connection, self._place(stream), readable, window)
            covered = rereads.kept(covered, due) if rereads else covered
            await self.ledger.extend(stream.name, covered)
        self.tally += tally
        if window:
            self.reached(window.since, window.last_day)
        return covered

    def _place(self, stream: Stream) -> RawTarget:
        return RawTarget(self.source.name, stream.name, self.account.account_id, self.ledger.owner, self.clock())

    def reached(self, since: date, through: date) -> None:
        """Note which days were read."""
        self.since = min(self.since or since, since)
        self.through = max(self.through or through, through)
