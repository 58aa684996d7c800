"""Asynchronous reports: ordered once, remembered until they are read, found again by whoever comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from adsync.daily import may_report
from adsync.errors import PermanentError, ReportLost, ReportRefused
from adsync.scope import Coverage
from adsync.sources.base import Account, Report, Stream
from adsync.state import Ledger
from adsync.transport import Client
from adsync.window import Span, Window


@dataclass(frozen=True)
class Ordered:
    """A report under way, and the days or instants that it will hold."""

    id: str
    part: Window | Span
    at: datetime

    @property
    def days(self) -> tuple[date, date]:
        """First and last day, both inclusive."""
        if isinstance(self.part, Window):
            return self.part.since, self.part.last_day
        return self.part.since.date(), self.part.until.date()

    def holds(self, whole: Window | Span) -> bool:
        return self.part.since <= whole.since and whole.until <= self.part.until


@dataclass(frozen=True)
class Desk:
    """Where one stream's reports are ordered and asked for."""

    client: Client
    ledger: Ledger
    stream: Stream
    report: Report
    now: datetime

    async def ordered(self, covered: Coverage, whole: Window | Span) -> Ordered | None:
        """The report under way, else a new one of `whole`; None when this app may not order any.

        The id is written down before anything waits, so whoever comes next asks for the same report.
        """
        if order := covered.cursor.get("report"):
            return Ordered(order["id"], _part(self.stream, order), datetime.fromisoformat(order["at"]))
        try:
            report_id = await self.report.create(self.client, self.ledger.account, whole)
        except ReportRefused:
            await self._remember(covered.noting(report_mode="sync"))
            return None
        span = {"since": whole.since.isoformat(), "until": whole.until.isoformat()}
        await self._remember(covered.noting(report={"id": report_id, **span, "at": self.now.isoformat()}))
        return Ordered(report_id, whole, self.now)

    async def ready(self, covered: Coverage, order: Ordered) -> bool:
        """Poll once; a report that was given up or never ends is forgotten, so that a retry orders a new one."""
        try:
            ready = await self.report.ready(self.client, self.ledger.account, order.id)
        except (ReportLost, PermanentError):
            await self._remember(covered.forgetting("report"))
            raise
        if not ready and self.now > order.at + self.report.patience:
            await self._remember(covered.forgetting("report"))
            raise ReportLost(f"report {order.id} was not ready after {self.report.patience}")
        return ready

    async def _remember(self, covered: Coverage) -> None:
        await self.ledger.remember(self.stream.name, dict(covered.cursor))


def of_changes(account: Account, covered: Coverage, report: Report, spans: list[Span]) -> Span | None:
    """The whole span to order a report of, or None when pages do."""
    whole = Span(min(span.since for span in spans), max(span.until for span in spans))
    long = whole.until - whole.since > timedelta(days=report.beyond)
    wanted = "report" in covered.cursor or account.options.get("report_mode") == "async"
    return whole if wanted or (long and may_report(account, covered)) else None


def _part(stream: Stream, order: Mapping[str, str]) -> Window | Span:
    if stream.shape == "daily":
        return Window(date.fromisoformat(order["since"]), date.fromisoformat(order["until"]))
    return Span(datetime.fromisoformat(order["since"]), datetime.fromisoformat(order["until"]))
