"""Reading one account, stream by stream: decides the scope, reads the pages, commits unit by unit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from adsync import raw, reports
from adsync.errors import TooMuchData
from adsync.outcomes import PendingReport
from adsync.raw import Place, Tally
from adsync.reports import Desk
from adsync.rereads import Rereads
from adsync.scope import Coverage, Reach, change_spans, daily_windows
from adsync.sources.base import Account, Again, Facts, Page, Report, Source, Stream
from adsync.state import Ledger
from adsync.transport import Client
from adsync.window import Span, Window
from adsync.zones import instants, zone_of


@dataclass
class Reader:
    """One attempt at one account; `tally`, `since`, `through` and `waiting` tell what it did so far.

    `news` are those notes of the source that nobody was told before.
    """

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
    notes: tuple[str, ...] = ()
    news: tuple[str, ...] = ()

    async def read(self) -> None:
        """Read every stream; stop early when a report is not ready yet."""
        reach = await self.ledger.reach()
        for stream in self.source.streams:
            if stream.shape == "entity":
                await self._entity(stream)
            elif stream.shape == "daily":
                await self._daily(stream, reach)
            else:
                await self._changes(stream, reach)

    async def _entity(self, stream: Stream) -> None:
        pages = stream.read(self.client, self.account)
        if stream is not self.source.streams[0]:
            await self._unit(stream, pages)
            return
        said = (await self.ledger.coverage(stream.name)).cursor.get("notes", [])
        await self._unit(stream, self._noting_facts(pages))
        if self.facts:
            await self.ledger.save_facts(self.facts)
        if self.notes:
            await self.ledger.remember(stream.name, {"notes": list(self.notes)})
        self.news = tuple(note for note in self.notes if note not in said)

    async def _noting_facts(self, pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
        """Pass the pages on; the record of the account itself tells its time zone, which the next streams need."""
        async for page in pages:
            for record in page:
                self.facts, self.notes = self.source.facts(record.payload), self.source.notes(record.payload)
                self.account = replace(self.account, timezone=self.facts.timezone)
                zone_of(self.account)
            yield page

    async def _daily(self, stream: Stream, reach: Reach) -> None:
        covered = await self.ledger.coverage(stream.name)
        windows = self._windows(stream, covered, reach)
        whole = Window(min(each.since for each in windows), max(each.until for each in windows))
        if stream.report and reports.of_days(self.account, covered, windows):
            if await self._reported(stream, stream.report, covered, whole):
                return
            covered = await self.ledger.coverage(stream.name)
            windows = self._windows(stream, covered, reach)
        covered = await self._windowed(stream, windows, covered)
        await self.ledger.extend(stream.name, covered.joined(whole))

    async def _windowed(self, stream: Stream, windows: list[Window], covered: Coverage) -> Coverage:
        """Read window by window; one that the platform cannot answer is halved, down to a day."""
        left = list(reversed(windows))
        while left:
            window = left.pop()
            try:
                await self._unit(stream, stream.read(self.client, self.account, window), window, covered.joined(window))
            except TooMuchData:
                if window.days == 1:
                    raise
                left += reversed(list(window.newest_first((window.days + 1) // 2)))
            else:
                covered = covered.joined(window)
        return covered

    def _windows(self, stream: Stream, covered: Coverage, reach: Reach) -> list[Window]:
        if self.asked:
            return list(self.asked.newest_first(stream.longest))
        today = self.clock().astimezone(zone_of(self.account)).date()
        return daily_windows(covered, today, reach, stream.longest)

    async def _changes(self, stream: Stream, reach: Reach) -> None:
        covered = await self.ledger.coverage(stream.name)
        if stream.report and not self.asked:
            covered = await self._changes_reported(stream, stream.report, covered, reach)
        if self.waiting:
            return
        spans = [instants(self.asked, self.account)] if self.asked else None
        for span in spans or change_spans(covered, self.clock(), reach, stream.longest):
            covered = covered if self.asked else covered.stretched(span)
            covered = await self._unit(stream, stream.read(self.client, self.account, span), coverage=covered)
            self._reached(span.since.date(), span.until.date())
        if stream.again and not self.asked:
            await self._again(stream, stream.again, covered)

    async def _changes_reported(self, stream: Stream, report: Report, covered: Coverage, reach: Reach) -> Coverage:
        """Read long history through an asynchronous report; what moved since it was ordered is left to pages."""
        spans = list(change_spans(covered, self.clock(), reach, stream.longest))
        if whole := reports.of_changes(self.account, covered, report, spans):
            await self._reported(stream, report, covered, whole)
        return await self.ledger.coverage(stream.name)

    async def _again(self, stream: Stream, again: Again, covered: Coverage) -> None:
        """Read once more what was unfinished, as long as there is hope."""
        if due := Rereads.of(again, covered, self.clock()).due():
            await self._unit(stream, again.read(self.client, self.account, due), coverage=covered, due=due)

    async def _reported(self, stream: Stream, report: Report, covered: Coverage, whole: Window | Span) -> bool:
        """Read through an asynchronous report; False when a part of `whole` is still to be read without one.

        That is when this app may not order reports, or when the report was begun by a run that asked for less.
        """
        desk = Desk(self.client, self.ledger, stream, report)
        order = await desk.ordered(covered, whole)
        if order is None:
            return False
        if await desk.ready(covered, order.id):
            pages = report.download(self.client, self.account, order.id)
            window = order.part if isinstance(order.part, Window) else None
            await self._unit(stream, pages, window, covered.reported(order.part))
            self._reached(*order.days)
            return order.holds(whole)
        self.waiting = PendingReport(self.source.name, self.account.account_id, self.account.conn_id, order.id)
        return True

    async def _unit(
        self,
        stream: Stream,
        pages: AsyncIterator[Page],
        window: Window | None = None,
        coverage: Coverage | None = None,
        due: Sequence[str] = (),
    ) -> Coverage:
        """Write one unit: rows, ledger and coverage in one transaction; `due` are keys that it reads once more."""
        place = Place(self.source.name, stream.name, self.account.account_id, self.ledger.owner, self.clock())
        covered = coverage or Coverage()
        rereads = stream.again and Rereads.of(stream.again, covered, self.clock())
        async with self.ledger.connection.transaction():
            noted = rereads.noting(pages) if rereads else pages
            tally = await raw.replace_unit(self.ledger.connection, place, noted, window)
            covered = rereads.kept(covered, due) if rereads else covered
            await self.ledger.extend(stream.name, covered)
        self.tally += tally
        if window:
            self._reached(window.since, window.last_day)
        return covered

    def _reached(self, since: date, through: date) -> None:
        self.since = min(self.since or since, since)
        self.through = max(self.through or through, through)
