"""Asynchronous reports: ordered once, remembered until they are read, found again by whoever comes next.

One that is too large is ordered anew for half of its days; the older half is written down beside it, and its turn comes
when the first has been read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from adsync.daily import may_report
from adsync.errors import PermanentError, ReportLost, ReportRefused, TooMuchData
from adsync.scope import Coverage
from adsync.sources.base import Account, Report, Stream
from adsync.state import Ledger
from adsync.transport import Client
from adsync.window import Span, Window


@dataclass(frozen=True)
class Ordered:
    """A report under way, the days or instants that it will hold, and the older days that come after it."""

    id: str
    part: Window | Span
    at: datetime
    rest: Window | None = None

    @property
    def days(self) -> tuple[date, date]:
        """First and last day, both inclusive."""
        if isinstance(self.part, Window):
            return self.part.since, self.part.last_day
        return self.part.since.date(), self.part.until.date()

    @property
    def whole(self) -> Window | Span:
        return Window(self.rest.since, self.part.until) if self.rest else self.part

    def holds(self, whole: Window | Span) -> bool:
        return self.whole.since <= whole.since and whole.until <= self.whole.until


@dataclass(frozen=True)
class Desk:
    """Where one stream's reports are ordered and asked for."""

    client: Client
    ledger: Ledger
    stream: Stream
    report: Report
    now: datetime

    async def ordered(self, covered: Coverage, whole: Window | Span, longest: int | None = None) -> Ordered | None:
        """The report under way, else a new one of the newest `longest` days of `whole`; None when the app may not.

        The id is written down before anything waits, so whoever comes next asks for the same report.
        """
        if order := covered.cursor.get("report"):
            return _remembered(self.stream, order)
        part, rest = _cut(whole, longest)
        try:
            report_id = await self.report.create(self.client, self.ledger.account, part)
        except ReportRefused:
            await self._remember(covered.noting(report_refused_at=self.now.isoformat()))
            return None
        except TooMuchData:
            if half := halved(part):
                return await self.ordered(covered, whole, half)
            raise
        order = Ordered(report_id, part, self.now, rest)
        await self._remember(covered.noting(report=_noted(order)))
        return order

    async def ready(self, covered: Coverage, order: Ordered) -> bool:
        """Poll once; a report that was given up or never ends is forgotten, so that a retry orders a new one.

        One of as many days as the last that was given up is too large.
        """
        try:
            return await self._polled(order)
        except ReportLost as error:
            days = (order.part.until - order.part.since).days
            if halved(order.part) and covered.cursor.get("lost_days") == days:
                raise TooMuchData(f"{error}, and so did the one before") from error
            await self._remember(covered.forgetting("report").noting(lost_days=days))
            raise
        except PermanentError:
            await self._remember(covered.forgetting("report"))
            raise

    async def _polled(self, order: Ordered) -> bool:
        ready = await self.report.ready(self.client, self.ledger.account, order.id)
        if not ready and self.now > order.at + self.report.patience:
            raise ReportLost(f"report {order.id} was not ready after {self.report.patience}")
        return ready

    async def forget(self, covered: Coverage) -> None:
        """For a report that is too large: a smaller one takes its place."""
        await self._remember(covered.forgetting("report").forgetting("lost_days"))

    async def _remember(self, covered: Coverage) -> None:
        await self.ledger.remember(self.stream.name, dict(covered.cursor))


def of_changes(account: Account, covered: Coverage, report: Report, spans: list[Span], now: datetime) -> Span | None:
    """The whole span to order a report of, or None when pages do."""
    whole = Span(min(span.since for span in spans), max(span.until for span in spans))
    long = whole.until - whole.since > timedelta(days=report.beyond)
    wanted = "report" in covered.cursor or account.options.get("report_mode") == "async"
    return whole if wanted or (long and may_report(account, covered, now)) else None


def halved(part: Window | Span) -> int:
    """How many days to order instead; 0 when there is nothing to cut."""
    return (part.days + 1) // 2 if isinstance(part, Window) and part.days > 1 else 0


def _cut(whole: Window | Span, longest: int | None) -> tuple[Window | Span, Window | None]:
    """The newest `longest` days, and what is older."""
    if longest is None or isinstance(whole, Span) or whole.days <= longest:
        return whole, None
    part = next(whole.newest_first(longest))
    return part, Window(whole.since, part.since)


def _noted(order: Ordered) -> dict[str, str]:
    noted = {"since": order.part.since, "until": order.part.until, "at": order.at}
    older = {"rest": order.rest.since} if order.rest else {}
    return {"id": order.id} | {name: moment.isoformat() for name, moment in (noted | older).items()}


def _remembered(stream: Stream, order: Mapping[str, Any]) -> Ordered:
    at = datetime.fromisoformat(order["at"])
    if stream.shape != "daily":
        return Ordered(order["id"], Span(*(datetime.fromisoformat(order[end]) for end in ("since", "until"))), at)
    part = Window(date.fromisoformat(order["since"]), date.fromisoformat(order["until"]))
    rest = Window(date.fromisoformat(order["rest"]), part.since) if "rest" in order else None
    return Ordered(order["id"], part, at, rest)
