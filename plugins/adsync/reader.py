"""Reading one account, stream by stream: decides the scope, reads the pages, commits unit by unit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from adsync import raw, reports
from adsync.daily import Daily
from adsync.errors import TooMuchData, Unreadable
from adsync.outcomes import PendingReport
from adsync.raw import Place, Tally
from adsync.reports import Desk, Ordered, halved
from adsync.rereads import Rereads
from adsync.scope import Coverage, Reach, change_spans, fresh
from adsync.sources.base import Account, Again, Facts, Page, Report, Source, Stream
from adsync.state import Ledger
from adsync.transport import Client
from adsync.window import Span, Window
from adsync.zones import zone_of


@dataclass
class Reader:
    """One attempt at one account; `tally`, `since`, `through`, `waiting` and `notes` tell what it did so far."""

    source: Source
    account: Account
    client: Client
    ledger: Ledger
    clock: Callable[[], datetime]
    asked: Window | None = None
    tally: Tally = field(default_factory=Tally)
    since: date | None = None
    through: date | None = None
    waiting: PendingReport | None = None
    facts: Facts | None = None
    notes: list[str] = field(default_factory=list)
    told: tuple[str, ...] = ()
    unreadable: Unreadable | None = None

    async def read(self) -> None:
        """Read every stream; stop early when a report is not ready yet."""
        reach = await self.ledger.reach()
        for stream in self.source.streams:
            if stream.shape == "entity":
                await self._entity(stream)
            elif stream.shape == "daily":
                today = self.clock().astimezone(zone_of(self.account)).date()
                await Daily(self, stream, today, self._unit, self._reported).read(reach)
            else:
                await self._changes(stream, reach)
        if self.unreadable:
            raise self.unreadable

    async def _entity(self, stream: Stream) -> None:
        covered = await self.ledger.coverage(stream.name)
        if (stream.aside and not self.asked) or (stream.every and fresh(covered, stream.every, self.clock())):
            return
        pages = stream.read(self.client, self.account)
        if stream is self.source.streams[0]:
            await self._unit(stream, self._noting_facts(pages))
            await self._tell_facts(stream, covered.cursor.get("notes", []))
        else:
            await self._unit(stream, pages)
            await self._mark_read(stream)

    async def _tell_facts(self, stream: Stream, said: Sequence[str]) -> None:
        """Keep what the account says of itself; it counts as read only then. A note is passed on once."""
        if self.facts:
            await self.ledger.save_facts(self.facts)
        await self._mark_read(stream, {"notes": list(self.told)} if self.told else {})
        self.notes += [note for note in self.told if note not in said]

    async def _mark_read(self, stream: Stream, cursor: Mapping[str, Any] | None = None) -> None:
        """Write down when a stream was read that is not read every time."""
        read_at = {"read_at": str(self.clock())} if stream.every else {}
        if kept := {**read_at, **(cursor or {})}:
            await self.ledger.remember(stream.name, kept)

    async def _noting_facts(self, pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
        """Pass the pages on; the record of the account itself tells its time zone, which the next streams need."""
        async for page in pages:
            for record in page:
                self.facts, self.told = self.source.facts(record.payload), self.source.notes(record.payload)
                self.account = replace(self.account, timezone=self.facts.timezone)
                zone_of(self.account)
            yield page

    async def _changes(self, stream: Stream, reach: Reach) -> None:
        covered = await self.ledger.coverage(stream.name)
        if stream.report and not self.asked:
            covered = await self._changes_reported(stream, stream.report, covered, reach)
        if self.waiting:
            return
        spans = [self.asked.instants(zone_of(self.account))] if self.asked else None
        for span in spans or change_spans(covered, self.clock(), reach, stream.longest):
            pages = self._changed(stream, span, is_news=not self.asked and covered.leads_to(span))
            covered = covered if self.asked else covered.stretched(span)
            covered = await self._unit(stream, pages, coverage=covered)
            self._reached(span.since.date(), span.until.date())
        if stream.again and not self.asked:
            await self._again(stream, stream.again, covered)

    def _changed(self, stream: Stream, span: Span, *, is_news: bool) -> AsyncIterator[Page]:
        if stream.rescan is None:
            return stream.read(self.client, self.account, span)
        read = stream.read if is_news else stream.rescan
        return read(self.client, self.account, span, partial(self._known, stream))

    async def _known(self, stream: Stream, keys: Sequence[str]) -> dict[str, bytes]:
        return await raw.payloads(self.ledger.connection, self._place(stream), keys)

    async def _readable(self, pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
        """Pass the pages on; records that nobody can read are told when everything else is stored."""
        try:
            async for page in pages:
                yield page
        except Unreadable as error:
            self.unreadable = error

    async def _changes_reported(self, stream: Stream, report: Report, covered: Coverage, reach: Reach) -> Coverage:
        """Read long history through an asynchronous report; what moved since it was ordered is left to pages."""
        spans = list(change_spans(covered, self.clock(), reach, stream.longest))
        if whole := reports.of_changes(self.account, covered, report, spans, self.clock()):
            await self._reported(stream, report, covered, whole)
        return await self.ledger.coverage(stream.name)

    async def _again(self, stream: Stream, again: Again, covered: Coverage) -> None:
        """Read once more what was unfinished, as long as there is hope."""
        if due := Rereads.of(again, covered, self.clock()).due():
            await self._unit(stream, again.read(self.client, self.account, due), coverage=covered, due=due)

    async def _reported(
        self, stream: Stream, report: Report, covered: Coverage, whole: Window | Span, longest: int | None = None
    ) -> bool:
        """Read through asynchronous reports; False when a part of `whole` is still to be read without one.

        That is when this app may not order reports, or when the report was begun by a run that asked for less.
        """
        desk = Desk(self.client, self.ledger, stream, report, self.clock())
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
            if not (longest := halved(order.part)):
                raise
            left = order.whole
        if left is None:
            return order.holds(whole)
        done = await self._reported(stream, report, await self.ledger.coverage(stream.name), left, longest)
        return done and (self.waiting is not None or order.holds(whole))

    async def _downloaded(self, stream: Stream, report: Report, covered: Coverage, order: Ordered) -> None:
        pages = report.download(self.client, self.account, order.id)
        window = order.part if isinstance(order.part, Window) else None
        await self._unit(stream, pages, window, covered.reported(order.part))
        self._reached(*order.days)

    async def _unit(
        self,
        stream: Stream,
        pages: AsyncIterator[Page],
        window: Window | None = None,
        coverage: Coverage | None = None,
        due: Sequence[str] = (),
    ) -> Coverage:
        """Write one unit: rows, ledger and coverage in one transaction; `due` are keys that it reads once more."""
        covered = coverage or Coverage()
        rereads = stream.again and Rereads.of(stream.again, covered, self.clock())
        async with self.ledger.connection.transaction():
            readable = self._readable(rereads.noting(pages) if rereads else pages)
            tally = await raw.replace_unit(self.ledger.connection, self._place(stream), readable, window)
            covered = rereads.kept(covered, due) if rereads else covered
            await self.ledger.extend(stream.name, covered)
        self.tally += tally
        if window:
            self._reached(window.since, window.last_day)
        return covered

    def _place(self, stream: Stream) -> Place:
        return Place(self.source.name, stream.name, self.account.account_id, self.ledger.owner, self.clock())

    def _reached(self, since: date, through: date) -> None:
        self.since = min(self.since or since, since)
        self.through = max(self.through or through, through)
