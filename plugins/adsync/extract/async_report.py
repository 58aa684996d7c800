"""Asynchronous reports of the platforms: created once, saved in the cursor, polled by every later run until read.

A report that is too large is replaced by one of half its days; the older half is saved with it and follows once the
newer one has been read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from adsync import registry
from adsync.errors import ConfigError, PermanentError, ReportLost, ReportRefused, TooMuchData
from adsync.extract.context import SyncContext, SyncEnvironment, open_client
from adsync.extract.results import PendingReport
from adsync.models import Account
from adsync.ranges import DateRange, TimeRange
from adsync.sources.base import AsyncReport, DailyStream, EntityStream, IncrementalStream
from adsync.state.stream_state import StreamState

# An app that may not create reports tries again after this long: it may have been allow-listed since.
REFUSAL_EXPIRES_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class CreatedReport:
    """A report at the platform, the days or instants it will contain, and the older days that follow it."""

    id: str
    content: DateRange | TimeRange
    created_at: datetime
    older: DateRange | None = None

    @property
    def first_and_last_day(self) -> tuple[date, date]:
        """Both inclusive."""
        if isinstance(self.content, DateRange):
            return self.content.since, self.content.last_day
        return self.content.since.date(), self.content.until.date()

    @property
    def whole(self) -> DateRange | TimeRange:
        """The content and the older days."""
        return DateRange(self.older.since, self.content.until) if self.older else self.content

    def covers(self, requested: DateRange | TimeRange) -> bool:
        """Whether this report and the ones that follow it contain everything requested."""
        return self.whole.since <= requested.since and requested.until <= self.whole.until

    def to_cursor(self) -> dict[str, str]:
        """Returns the JSON form for the stream's cursor."""
        moments = {"since": self.content.since, "until": self.content.until, "at": self.created_at}
        older = {"rest": self.older.since} if self.older else {}
        return {"id": self.id} | {name: moment.isoformat() for name, moment in (moments | older).items()}


@dataclass(frozen=True)
class ReportSession:
    """The reports of one stream: creates them and keeps them in the stream's cursor."""

    ctx: SyncContext
    stream: DailyStream | IncrementalStream
    report: AsyncReport
    now: datetime

    async def get_or_create(
        self, state: StreamState, requested: DateRange | TimeRange, max_days: int | None = None
    ) -> CreatedReport | None:
        """Returns the pending report, else a new one of the newest `max_days` days; None if the app may not create any.

        The id is saved before anything waits, so that the next run polls the same report.
        """
        if cursor := state.cursor.get("report"):
            return _from_cursor(self.stream, cursor)
        content, older = _newest_days(requested, max_days)
        try:
            report_id = await self.report.create(self.ctx.client, self.ctx.account, content)
        except ReportRefused:
            await self._save(state.with_cursor(report_refused_at=self.now.isoformat()))
            return None
        except TooMuchData:
            if days := half(content):
                return await self.get_or_create(state, requested, days)
            raise
        created = CreatedReport(report_id, content, self.now, older)
        await self._save(state.with_cursor(report=created.to_cursor()))
        return created

    async def poll(self, state: StreamState, created: CreatedReport) -> bool:
        """Polls once. A lost or refused report is removed from the cursor, so that a retry creates a new one.

        If the previous lost report had as many days, the report counts as too large.
        """
        try:
            return await self._is_ready(created)
        except ReportLost as error:
            days = (created.content.until - created.content.since).days
            if half(created.content) and state.cursor.get("lost_days") == days:
                raise TooMuchData(f"{error}; the report before it was lost too") from error
            await self._save(state.without("report").with_cursor(lost_days=days))
            raise
        except PermanentError:
            await self._save(state.without("report"))
            raise

    async def discard(self, state: StreamState) -> None:
        """Removes a report that is too large from the cursor; smaller ones replace it."""
        await self._save(state.without("report", "lost_days"))

    async def _is_ready(self, created: CreatedReport) -> bool:
        is_ready = await self.report.is_ready(self.ctx.client, self.ctx.account, created.id)
        if not is_ready and self.now > created.created_at + self.report.max_wait:
            raise ReportLost(f"report {created.id} was not ready after {self.report.max_wait}")
        return is_ready

    async def _save(self, state: StreamState) -> None:
        await self.ctx.store.save_cursor(self.stream.name, state.cursor)


async def read_by_report(
    ctx: SyncContext,
    stream: DailyStream | IncrementalStream,
    report: AsyncReport,
    state: StreamState,
    requested: DateRange | TimeRange,
    max_days: int | None = None,
) -> bool:
    """Reads through asynchronous reports; False if a part of `requested` still has to be read without one.

    That is the case if the app may not create reports, or if the pending report is of a run that requested less.
    A report that is not ready is left in `ctx.progress.pending_report`.
    """
    session = ReportSession(ctx, stream, report, ctx.clock())
    created = await session.get_or_create(state, requested, max_days)
    if created is None:
        return False
    remaining, max_days = created.older, (created.content.until - created.content.since).days
    try:
        if not await session.poll(state, created):
            account = ctx.account
            ctx.progress.pending_report = PendingReport(
                ctx.source.name, account.account_id, account.conn_id, created.id
            )
            return True
        await _load(ctx, stream, report, state, created)
    except TooMuchData:
        await session.discard(state)
        if not (max_days := half(created.content)):
            raise
        remaining = created.whole
    if remaining is None:
        return created.covers(requested)
    is_done = await read_by_report(ctx, stream, report, await ctx.store.get(stream.name), remaining, max_days)
    return is_done and (ctx.progress.pending_report is not None or created.covers(requested))


async def _load(
    ctx: SyncContext,
    stream: DailyStream | IncrementalStream,
    report: AsyncReport,
    state: StreamState,
    created: CreatedReport,
) -> None:
    pages = report.download(ctx.client, ctx.account, created.id)
    days = created.content if isinstance(created.content, DateRange) else None
    if days and isinstance(stream, DailyStream):
        pages = stream.completed(ctx.client, ctx.account, days, pages)
    await ctx.write(stream, pages, state.with_report(created.content), days)
    ctx.progress.add_days(*created.first_and_last_day)


async def poll_report(environment: SyncEnvironment, pending: PendingReport) -> bool:
    """Polls a pending report once, without the account's lease; raises what the platform's response stands for."""
    source = registry.load(pending.platform)
    account = Account("", pending.platform, pending.account_id, pending.conn_id)
    for stream in source.streams:
        if not isinstance(stream, EntityStream) and stream.report:
            async with open_client(source, account, environment) as client:
                return await stream.report.is_ready(client, account, pending.report_id)
    raise ConfigError(f"{pending.platform} has no asynchronous reports")


def prefer_report(
    report: AsyncReport, account: Account, state: StreamState, chunks: list[DateRange], now: datetime
) -> bool:
    """Whether a daily stream reads by a report: it is configured, pending, or saves more than one request."""
    if "report" in state.cursor or account.options.get("report_mode") == "async":
        return True
    return not report.last_resort and len(chunks) > 1 and reports_allowed(account, state, now)


def report_range(
    account: Account, state: StreamState, report: AsyncReport, ranges: list[TimeRange], now: datetime
) -> TimeRange | None:
    """Returns the range that an incremental stream reads by a report; None if pages are quicker."""
    whole = TimeRange(min(each.since for each in ranges), max(each.until for each in ranges))
    is_long = whole.until - whole.since > timedelta(days=report.beyond_days)
    is_wanted = "report" in state.cursor or account.options.get("report_mode") == "async"
    return whole if is_wanted or (is_long and reports_allowed(account, state, now)) else None


def reports_allowed(account: Account, state: StreamState, now: datetime) -> bool:
    """Whether neither the account's options nor a recent refusal of the platform rule reports out."""
    refused_at = state.cursor.get("report_refused_at")
    is_refused = refused_at is not None and now < datetime.fromisoformat(refused_at) + REFUSAL_EXPIRES_AFTER
    return account.options.get("report_mode", "auto") != "sync" and not is_refused


def half(content: DateRange | TimeRange) -> int:
    """Returns half the number of days; 0 if there is nothing to divide."""
    return (content.days + 1) // 2 if isinstance(content, DateRange) and content.days > 1 else 0


def _newest_days(
    requested: DateRange | TimeRange, max_days: int | None
) -> tuple[DateRange | TimeRange, DateRange | None]:
    """Returns the newest `max_days` days and the older ones."""
    if max_days is None or isinstance(requested, TimeRange) or requested.days <= max_days:
        return requested, None
    newest = next(requested.chunks_newest_first(max_days))
    return newest, DateRange(requested.since, newest.since)


def _from_cursor(stream: DailyStream | IncrementalStream, cursor: Mapping[str, Any]) -> CreatedReport:
    created_at = datetime.fromisoformat(cursor["at"])
    if isinstance(stream, IncrementalStream):
        content = TimeRange(datetime.fromisoformat(cursor["since"]), datetime.fromisoformat(cursor["until"]))
        return CreatedReport(cursor["id"], content, created_at)
    days = DateRange(date.fromisoformat(cursor["since"]), date.fromisoformat(cursor["until"]))
    older = DateRange(date.fromisoformat(cursor["rest"]), days.since) if "rest" in cursor else None
    return CreatedReport(cursor["id"], days, created_at, older)
