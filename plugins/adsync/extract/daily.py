"""Reading one daily stream: which days, in which windows, and what to do when the platform says it is too much.

The ladder: a smaller page (the source's own doing), a smaller window, and at a single day whatever less the source
can ask for; then an asynchronous report. What was learned on the way holds for the rest of the day, so that a retry
does not climb it again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from adsync.errors import TooMuchData
from adsync.models import Account, LearnedLimits, Page
from adsync.ranges import DateRange
from adsync.sources.base import AsyncReport, DailyStream, Stream
from adsync.state.stream_state import StreamState, SyncSettings, daily_windows, within_retention

if TYPE_CHECKING:
    from adsync.extract.account_sync import AccountSync

# An app that may not order reports is asked again after so long: it may have been allow-listed since.
REFUSAL_HOLDS = timedelta(days=30)
# Write one unit: its stream, pages, window, and the coverage that holds once it is written.
Unit = Callable[[Stream, AsyncIterator[Page], DateRange, StreamState], Awaitable[None]]
# Read a window by report; False when days of it are still to be read without one.
Reported = Callable[[Stream, AsyncReport, StreamState, DateRange], Awaitable[bool]]


@dataclass(frozen=True)
class DailySync:
    """One daily stream of the reader's account, as of `today` in the account's zone."""

    reader: AccountSync
    stream: DailyStream
    today: date
    unit: Unit
    reported: Reported

    async def read(self, reach: SyncSettings, *, resort: bool = False) -> None:
        """Read what is lacking; as a last resort by a report."""
        report = self.stream.report
        covered, windows = await self._lacking(reach)
        if not windows:
            return
        whole = DateRange(min(each.since for each in windows), max(each.until for each in windows))
        account, now = self.reader.account, self.reader.clock()
        if report and (resort or by_report(report, account, covered, windows, now)):
            if await self.reported(self.stream, report, covered, whole):
                return
            covered, windows = await self._lacking(reach)
        try:
            covered = await self._windowed(windows, covered)
        except TooMuchData:
            if resort or report is None or not may_report(account, covered, now):
                raise
            await self.read(reach, resort=True)
        else:
            await self.reader.ledger.extend(self.stream.name, covered.joined(whole))

    async def _lacking(self, reach: SyncSettings) -> tuple[StreamState, list[DateRange]]:
        covered = await self.reader.ledger.coverage(self.stream.name)
        self.reader.learned = learned_today(covered, self._noted_on)
        asked = plan_chunks(self.stream, covered, self.today, reach, self.reader.learned, self.reader.asked)
        lacking = within_retention(asked, self.today, self.stream.retention_months)
        if lacking != asked:
            self.reader.notes.append(
                f"older days of {self.stream.name} than {self.stream.retention_months} months are not kept"
            )
        return covered, lacking

    async def _windowed(self, windows: list[DateRange], covered: StreamState) -> StreamState:
        """Read window by window; one that the platform cannot answer is cut, down to a day."""
        left = list(reversed(windows))
        while left:
            window, learned = left.pop(), self.reader.learned
            pages = self.stream.read(self.reader.client, self.reader.account, window, learned)
            try:
                await self.unit(self.stream, pages, window, covered.joined(window))
            except TooMuchData:
                smaller = min((window.days + 1) // 2, self.stream.fallback_days)
                learned.window_days = smaller
                covered = await self._noted(covered)
                if window.days == 1:
                    raise
                left += reversed(list(window.newest_first(smaller)))
            else:
                covered = await self._noted(covered.joined(window))
        return covered

    async def _noted(self, covered: StreamState) -> StreamState:
        """With what reading taught; written down at once, for whoever tries next."""
        learned = self.reader.learned
        if learned == learned_today(covered, self._noted_on):
            return covered
        covered = covered.noting(learned={"on": self._noted_on, **_as_json(learned)})
        await self.reader.ledger.remember(self.stream.name, dict(covered.cursor))
        return covered

    @property
    def _noted_on(self) -> str:
        return str(self.reader.clock().astimezone(UTC).date())


def learned_today(state: StreamState, day: str) -> LearnedLimits:
    """Returns what was learned on that day; older limits expire, because platforms answer faster on other days."""
    stored = state.cursor.get("learned", {})
    if stored.get("on") != day:
        return LearnedLimits()
    return LearnedLimits(stored.get("window_days"), stored.get("page_size"), stored.get("reduced_request", False))


def _as_json(learned: LearnedLimits) -> dict[str, Any]:
    return {name: value for name, value in asdict(learned).items() if value}


def plan_chunks(
    stream: DailyStream,
    covered: StreamState,
    today: date,
    reach: SyncSettings,
    learned: LearnedLimits,
    asked: DateRange | None = None,
) -> list[DateRange]:
    """The windows to read: of the asked days, else of what the coverage lacks."""
    longest = min(stream.max_days, learned.window_days or stream.max_days)
    if asked is None:
        return daily_windows(covered, today, reach, longest)
    return list(begun.newest_first(longest)) if (begun := asked.through(today)) else []


def by_report(
    report: AsyncReport, account: Account, covered: StreamState, windows: list[DateRange], now: datetime
) -> bool:
    """Asked for by name, begun before, or worth it: more than one synchronous window."""
    if "report" in covered.cursor or account.options.get("report_mode") == "async":
        return True
    return not report.last_resort and len(windows) > 1 and may_report(account, covered, now)


def may_report(account: Account, covered: StreamState, now: datetime) -> bool:
    """Unless a setting forbids it, or the platform did in the last REFUSAL_HOLDS."""
    refused = covered.cursor.get("report_refused_at")
    lately = refused is not None and now < datetime.fromisoformat(refused) + REFUSAL_HOLDS
    return account.options.get("report_mode", "auto") != "sync" and not lately
