"""Asynchronous reports: ordered once, remembered until they are read, found again by whoever comes next.

One that is too large is ordered anew for half of its days; the older half is written down beside it, and its turn comes
when the first has been read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from adsync.api.client import ApiClient
from adsync.errors import PermanentError, ReportLost, ReportRefused, TooMuchData
from adsync.extract.daily import may_report
from adsync.models import Account
from adsync.ranges import DateRange, TimeRange
from adsync.sources.base import AsyncReport, DailyStream, Stream
from adsync.state.stream_state import StreamState
from adsync.state.sync_state import SyncStateStore


@dataclass(frozen=True)
class OrderedReport:
    """A report under way, the days or instants that it will hold, and the older days that come after it."""

    id: str
    part: DateRange | TimeRange
    at: datetime
    rest: DateRange | None = None

    @property
    def days(self) -> tuple[date, date]:
        """First and last day, both inclusive."""
        if isinstance(self.part, DateRange):
            return self.part.since, self.part.last_day
        return self.part.since.date(), self.part.until.date()

    @property
    def whole(self) -> DateRange | TimeRange:
        return DateRange(self.rest.since, self.part.until) if self.rest else self.part

    def holds(self, whole: DateRange | TimeRange) -> bool:
        return self.whole.since <= whole.since and whole.until <= self.whole.until


@dataclass(frozen=True)
class ReportSession:
    """Where one stream's reports are ordered and asked for."""

    client: ApiClient
    ledger: SyncStateStore
    stream: Stream
    report: AsyncReport
    now: datetime

    async def ordered(
        self, covered: StreamState, whole: DateRange | TimeRange, longest: int | None = None
    ) -> OrderedReport | None:
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
            if days := half(part):
                return await self.ordered(covered, whole, days)
            raise
        order = OrderedReport(report_id, part, self.now, rest)
        await self._remember(covered.noting(report=_noted(order)))
        return order

    async def ready(self, covered: StreamState, order: OrderedReport) -> bool:
        """Poll once; a report that was given up or never ends is forgotten, so that a retry orders a new one.

        One of as many days as the last that was given up is too large.
        """
        try:
            return await self._polled(order)
        except ReportLost as error:
            days = (order.part.until - order.part.since).days
            if half(order.part) and covered.cursor.get("lost_days") == days:
                raise TooMuchData(f"{error}, and so did the one before") from error
            await self._remember(covered.forgetting("report").noting(lost_days=days))
            raise
        except PermanentError:
            await self._remember(covered.forgetting("report"))
            raise

    async def _polled(self, order: OrderedReport) -> bool:
        ready = await self.report.is_ready(self.client, self.ledger.account, order.id)
        if not ready and self.now > order.at + self.report.max_wait:
            raise ReportLost(f"report {order.id} was not ready after {self.report.max_wait}")
        return ready

    async def forget(self, covered: StreamState) -> None:
        """For a report that is too large: a smaller one takes its place."""
        await self._remember(covered.forgetting("report").forgetting("lost_days"))

    async def _remember(self, covered: StreamState) -> None:
        await self.ledger.remember(self.stream.name, dict(covered.cursor))


def of_changes(
    account: Account, covered: StreamState, report: AsyncReport, spans: list[TimeRange], now: datetime
) -> TimeRange | None:
    """The whole span to order a report of, or None when pages do."""
    whole = TimeRange(min(span.since for span in spans), max(span.until for span in spans))
    long = whole.until - whole.since > timedelta(days=report.beyond_days)
    wanted = "report" in covered.cursor or account.options.get("report_mode") == "async"
    return whole if wanted or (long and may_report(account, covered, now)) else None


def half(part: DateRange | TimeRange) -> int:
    """How many days to order instead; 0 when there is nothing to cut."""
    return (part.days + 1) // 2 if isinstance(part, DateRange) and part.days > 1 else 0


def _cut(whole: DateRange | TimeRange, longest: int | None) -> tuple[DateRange | TimeRange, DateRange | None]:
    """The newest `longest` days, and what is older."""
    if longest is None or isinstance(whole, TimeRange) or whole.days <= longest:
        return whole, None
    part = next(whole.newest_first(longest))
    return part, DateRange(whole.since, part.since)


def _noted(order: OrderedReport) -> dict[str, str]:
    noted = {"since": order.part.since, "until": order.part.until, "at": order.at}
    older = {"rest": order.rest.since} if order.rest else {}
    return {"id": order.id} | {name: moment.isoformat() for name, moment in (noted | older).items()}


def _remembered(stream: Stream, order: Mapping[str, Any]) -> OrderedReport:
    at = datetime.fromisoformat(order["at"])
    if not isinstance(stream, DailyStream):
        return OrderedReport(
            order["id"], TimeRange(*(datetime.fromisoformat(order[end]) for end in ("since", "until"))), at
        )
    part = DateRange(date.fromisoformat(order["since"]), date.fromisoformat(order["until"]))
    rest = DateRange(date.fromisoformat(order["rest"]), part.since) if "rest" in order else None
    return OrderedReport(order["id"], part, at, rest)
