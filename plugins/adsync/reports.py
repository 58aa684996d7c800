"""Asynchronous reports: ordered once, remembered until they are read, found again by whoever comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from adsync.errors import PermanentError, ReauthRequired, ReportLost
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

    async def ordered(self, covered: Coverage, whole: Window | Span) -> Ordered | None:
        """The report under way, else a new one of `whole`; None when this app may not order any.

        The id is written down before anything waits, so whoever comes next asks for the same report.
        """
        if order := covered.cursor.get("report"):
            return Ordered(order["id"], _part(self.stream, order))
        try:
            report_id = await self.report.create(self.client, self.ledger.account, whole)
        except ReauthRequired:
            await self.ledger.remember(self.stream.name, {**covered.cursor, "report_mode": "sync"})
            return None
        order = {"id": report_id, "since": whole.since.isoformat(), "until": whole.until.isoformat()}
        await self.ledger.remember(self.stream.name, {**covered.cursor, "report": order})
        return Ordered(report_id, whole)

    async def ready(self, covered: Coverage, report_id: str) -> bool:
        """Poll once; a report that the platform gave up or refuses is forgotten, so that a retry orders a new one."""
        try:
            return await self.report.ready(self.client, self.ledger.account, report_id)
        except (ReportLost, PermanentError):
            kept = {key: covered.cursor[key] for key in covered.cursor if key != "report"}
            await self.ledger.remember(self.stream.name, kept)
            raise


def of_days(account: Account, covered: Coverage, windows: list[Window]) -> bool:
    """Asked for by name, begun before, or worth it: more than one synchronous window, and not refused before."""
    return _wanted(account, covered, worth=len(windows) > 1)


def of_changes(account: Account, covered: Coverage, report: Report, spans: list[Span]) -> Span | None:
    """The whole span to order a report of, or None when pages do."""
    whole = Span(min(span.since for span in spans), max(span.until for span in spans))
    long = whole.until - whole.since > timedelta(days=report.beyond)
    return whole if _wanted(account, covered, worth=long) else None


def _wanted(account: Account, covered: Coverage, *, worth: bool) -> bool:
    mode = account.options.get("report_mode", "auto")
    refused = covered.cursor.get("report_mode") == "sync"
    return mode == "async" or "report" in covered.cursor or (mode == "auto" and worth and not refused)


def _part(stream: Stream, order: Mapping[str, str]) -> Window | Span:
    if stream.shape == "daily":
        return Window(date.fromisoformat(order["since"]), date.fromisoformat(order["until"]))
    return Span(datetime.fromisoformat(order["since"]), datetime.fromisoformat(order["until"]))
