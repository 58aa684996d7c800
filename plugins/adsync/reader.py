"""Reading one account, stream by stream: decides the scope, reads the pages, commits unit by unit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adsync import raw
from adsync.daily import Daily
from adsync.errors import ContractError, PermanentError, ReportLost, ReportRefused
from adsync.outcomes import PendingReport
from adsync.raw import Place, Tally
from adsync.scope import Coverage, Reach, change_spans, fresh
from adsync.sources.base import Account, Facts, Page, Report, Source, Stream
from adsync.state import Ledger
from adsync.transport import Client
from adsync.window import Span, Window

# A report that does not end within it never will: another one is ordered.
LONGEST_REPORT = timedelta(hours=1)


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

    async def read(self) -> None:
        """Read every stream; stop early when a report is not ready yet."""
        reach = await self.ledger.reach()
        for stream in self.source.streams:
            if stream.shape == "entity":
                await self._entity(stream)
            elif stream.shape == "daily":
                today = self.clock().astimezone(_zone(self.account)).date()
                await Daily(self, stream, today, self._unit, self._reported).read(reach)
            else:
                await self._changes(stream, reach)

    async def _entity(self, stream: Stream) -> None:
        if stream.every and fresh(await self.ledger.coverage(stream.name), stream.every, self.clock()):
            return
        pages = stream.read(self.client, self.account)
        if stream is not self.source.streams[0]:
            await self._unit(stream, pages)
        else:
            await self._unit(stream, self._noting_facts(pages))
            if self.facts:
                await self.ledger.save_facts(self.facts)
        if stream.every:
            await self.ledger.remember(stream.name, {"read_at": str(self.clock())})

    async def _noting_facts(self, pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
        """Pass the pages on; the record of the account itself tells its time zone, which the next streams need."""
        async for page in pages:
            for record in page:
                self.facts = self.source.facts(record.payload)
                self.account = replace(self.account, timezone=self.facts.timezone)
                _zone(self.account)
            yield page

    async def _changes(self, stream: Stream, reach: Reach) -> None:
        covered = await self.ledger.coverage(stream.name)
        spans = [_instants(self.asked, _zone(self.account))] if self.asked else None
        for span in spans or change_spans(covered, self.clock(), reach, stream.longest):
            covered = covered if self.asked else covered.stretched(span)
            await self._unit(stream, stream.read(self.client, self.account, span), coverage=covered)
            self._reached(span.since.date(), span.until.date())

    async def _reported(self, stream: Stream, report: Report, covered: Coverage, whole: Window) -> bool:
        """Read the window through an asynchronous report; False when days of it are still to be read without one.

        That is when this app may not order reports, or when the report was begun by a run that asked for other days.
        The id is written down before anything waits, so whoever comes next asks for the same report.
        """
        order = covered.cursor.get("report")
        if order is None:
            try:
                report_id = await report.create(self.client, self.account, whole)
            except ReportRefused:
                await self.ledger.remember(stream.name, {**covered.cursor, "report_mode": "sync"})
                return False
            order = {"id": report_id, "since": str(whole.since), "until": str(whole.until), "at": str(self.clock())}
            covered = covered.noting(report=order)
            await self.ledger.remember(stream.name, dict(covered.cursor))
        if await self._ready(stream, report, covered):
            window = Window(date.fromisoformat(order["since"]), date.fromisoformat(order["until"]))
            pages = report.download(self.client, self.account, order["id"])
            await self._unit(stream, pages, window, covered.forgetting("report").joined(window))
            return window.since <= whole.since and whole.until <= window.until
        self.waiting = PendingReport(self.source.name, self.account.account_id, self.account.conn_id, order["id"])
        return True

    async def _ready(self, stream: Stream, report: Report, covered: Coverage) -> bool:
        """Poll once; a report that was given up or never ends is forgotten, so that a retry orders a new one."""
        order = covered.cursor["report"]
        overdue = self.clock() > datetime.fromisoformat(order.get("at", str(self.clock()))) + LONGEST_REPORT
        forgotten = dict(covered.forgetting("report").cursor)
        try:
            ready = await report.ready(self.client, self.account, order["id"])
        except (ReportLost, PermanentError):
            await self.ledger.remember(stream.name, forgotten)
            raise
        if overdue and not ready:
            await self.ledger.remember(stream.name, forgotten)
            raise ReportLost(f"report {order['id']} was not ready after {LONGEST_REPORT}")
        return ready

    async def _unit(
        self,
        stream: Stream,
        pages: AsyncIterator[Page],
        window: Window | None = None,
        coverage: Coverage | None = None,
    ) -> None:
        """Write one unit: rows, ledger and coverage in one transaction."""
        place = Place(self.source.name, stream.name, self.account.account_id, self.ledger.owner, self.clock())
        async with self.ledger.connection.transaction():
            tally = await raw.replace_unit(self.ledger.connection, place, pages, window)
            await self.ledger.extend(stream.name, coverage or Coverage())
        self.tally += tally
        if window:
            self._reached(window.since, window.last_day)

    def _reached(self, since: date, through: date) -> None:
        self.since = min(self.since or since, since)
        self.through = max(self.through or through, through)


def _zone(account: Account) -> ZoneInfo:
    try:
        return ZoneInfo(account.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ContractError(f"{account}: the platform names a time zone nobody knows: {account.timezone!r}") from error


def _instants(window: Window, zone: ZoneInfo) -> Span:
    """The instants of the window's days in the account's zone."""
    return Span(*(datetime.combine(day, time(), zone).astimezone(UTC) for day in (window.since, window.until)))
