"""Reading one account, stream by stream: decides the scope, reads the pages, commits unit by unit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adsync import raw
from adsync.errors import ContractError, PermanentError, ReauthRequired, ReportLost, TooMuchData, Unreadable
from adsync.outcomes import PendingReport
from adsync.raw import Place, Tally
from adsync.scope import Coverage, Reach, change_spans, daily_windows
from adsync.sources.base import Account, Facts, Page, Report, Source, Stream
from adsync.state import Ledger
from adsync.transport import Client
from adsync.window import Span, Window


@dataclass
class Reader:
    """One attempt at one account; `tally`, `since`, `through` and `waiting` tell what it did so far."""

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
    unreadable: Unreadable | None = None

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
        if self.unreadable:
            raise self.unreadable

    async def _entity(self, stream: Stream) -> None:
        pages = stream.read(self.client, self.account)
        if stream is not self.source.streams[0]:
            await self._unit(stream, pages)
            return
        await self._unit(stream, self._noting_facts(pages))
        if self.facts:
            await self.ledger.save_facts(self.facts)

    async def _noting_facts(self, pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
        """Pass the pages on; the record of the account itself tells its time zone, which the next streams need."""
        async for page in pages:
            for record in page:
                self.facts = self.source.facts(record.payload)
                self.account = replace(self.account, timezone=self.facts.timezone)
                _zone(self.account)
            yield page

    async def _daily(self, stream: Stream, reach: Reach) -> None:
        covered = await self.ledger.coverage(stream.name)
        windows = self._windows(stream, covered, reach)
        whole = Window(min(each.since for each in windows), max(each.until for each in windows))
        if stream.report and _by_report(self.account, covered, windows):
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
        today = self.clock().astimezone(_zone(self.account)).date()
        return daily_windows(covered, today, reach, stream.longest)

    async def _changes(self, stream: Stream, reach: Reach) -> None:
        covered = await self.ledger.coverage(stream.name)
        spans = [self.asked.instants(_zone(self.account))] if self.asked else None
        for span in spans or change_spans(covered, self.clock(), reach, stream.longest):
            pages = self._changed(stream, span, is_news=not self.asked and covered.leads_to(span))
            covered = covered if self.asked else covered.stretched(span)
            await self._unit(stream, pages, coverage=covered)
            self._reached(span.since.date(), span.until.date())

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

    async def _reported(self, stream: Stream, report: Report, covered: Coverage, whole: Window) -> bool:
        """Read the window through an asynchronous report; False when days of it are still to be read without one.

        That is when this app may not order reports, or when the report was begun by a run that asked for other days.
        The id is written down before anything waits, so whoever comes next asks for the same report.
        """
        order = covered.cursor.get("report")
        if order is None:
            try:
                report_id = await report.create(self.client, self.account, whole)
            except ReauthRequired:
                await self.ledger.remember(stream.name, {"report_mode": "sync"})
                return False
            order = {"id": report_id, "since": str(whole.since), "until": str(whole.until)}
            await self.ledger.remember(stream.name, {"report": order})
        if await self._ready(stream, report, order["id"]):
            window = Window(date.fromisoformat(order["since"]), date.fromisoformat(order["until"]))
            pages = report.download(self.client, self.account, order["id"])
            await self._unit(stream, pages, window, replace(covered, cursor={}).joined(window))
            return window.since <= whole.since and whole.until <= window.until
        self.waiting = PendingReport(self.source.name, self.account.account_id, self.account.conn_id, order["id"])
        return True

    async def _ready(self, stream: Stream, report: Report, report_id: str) -> bool:
        """Poll once; a report that the platform gave up or refuses is forgotten, so that a retry orders a new one."""
        try:
            return await report.ready(self.client, self.account, report_id)
        except (ReportLost, PermanentError):
            await self.ledger.remember(stream.name, {})
            raise

    async def _unit(
        self,
        stream: Stream,
        pages: AsyncIterator[Page],
        window: Window | None = None,
        coverage: Coverage | None = None,
    ) -> None:
        """Write one unit: rows, ledger and coverage in one transaction."""
        place = self._place(stream)
        async with self.ledger.connection.transaction():
            tally = await raw.replace_unit(self.ledger.connection, place, self._readable(pages), window)
            await self.ledger.extend(stream.name, coverage or Coverage())
        self.tally += tally
        if window:
            self._reached(window.since, window.last_day)

    def _place(self, stream: Stream) -> Place:
        return Place(self.source.name, stream.name, self.account.account_id, self.ledger.owner, self.clock())

    def _reached(self, since: date, through: date) -> None:
        self.since = min(self.since or since, since)
        self.through = max(self.through or through, through)


def _by_report(account: Account, covered: Coverage, windows: list[Window]) -> bool:
    """Asked for by name, begun before, or worth it: more than one synchronous window, and not refused before."""
    mode = account.options.get("report_mode", "auto")
    refused = covered.cursor.get("report_mode") == "sync"
    return mode == "async" or "report" in covered.cursor or (mode == "auto" and len(windows) > 1 and not refused)


def _zone(account: Account) -> ZoneInfo:
    try:
        return ZoneInfo(account.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ContractError(f"{account}: the platform names a time zone nobody knows: {account.timezone!r}") from error
