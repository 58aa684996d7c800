"""The strategy of daily streams: which days, in which chunks, and what to do if a request is too much.

A request that is too much is made smaller step by step: a smaller page (by the source itself), fewer days, at a single
day the source's reduced request, and last an asynchronous report. The limits learned on the way hold for the rest of
the day, so that a retry starts with them.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date

from adsync.errors import TooMuchData
from adsync.extract.async_report import prefer_report, read_by_report, reports_allowed
from adsync.extract.context import SyncContext
from adsync.extract.scope import missing_days, within_retention
from adsync.models import LearnedLimits
from adsync.ranges import DateRange
from adsync.sources.base import DailyStream
from adsync.state.stream_state import StreamState, SyncSettings


async def sync_daily(ctx: SyncContext, stream: DailyStream, *, last_resort: bool = False) -> None:
    """Reads the missing days, with `last_resort` by a report."""
    report = stream.report
    state, chunks = await _missing(ctx, stream)
    if not chunks:
        return
    whole = DateRange(min(each.since for each in chunks), max(each.until for each in chunks))
    if report and (last_resort or prefer_report(report, ctx.account, state, chunks, ctx.clock())):
        if await read_by_report(ctx, stream, report, state, whole):
            return
        state, chunks = await _missing(ctx, stream)
    try:
        state = await _read_in_chunks(ctx, stream, chunks, state)
    except TooMuchData:
        if last_resort or report is None or not reports_allowed(ctx.account, state, ctx.clock()):
            raise
        await sync_daily(ctx, stream, last_resort=True)
    else:
        await ctx.store.commit(stream.name, state.with_days(whole))


async def _missing(ctx: SyncContext, stream: DailyStream) -> tuple[StreamState, list[DateRange]]:
    """Returns the state and the days to read, with the limits learned today."""
    state, settings = await ctx.store.get(stream.name), await ctx.store.settings()
    ctx.progress.learned = learned_today(state, _today_utc(ctx))
    planned = plan_chunks(stream, state, ctx.today, settings, ctx.progress.learned, ctx.requested)
    available = within_retention(planned, ctx.today, stream.retention_months)
    if available != planned:
        ctx.progress.notes.append(
            f"{stream.name}: the platform keeps {stream.retention_months} months; older days are not available"
        )
    return state, available


async def _read_in_chunks(
    ctx: SyncContext, stream: DailyStream, chunks: list[DateRange], state: StreamState
) -> StreamState:
    """Reads chunk by chunk; one that is too much is divided, down to a day."""
    remaining, learned = list(reversed(chunks)), ctx.progress.learned
    while remaining:
        days = remaining.pop()
        read = stream.read(ctx.client, ctx.account, days, learned)
        pages = stream.completed(ctx.client, ctx.account, days, read)
        try:
            await ctx.write(stream, pages, state.with_days(days), days)
        except TooMuchData:
            learned.window_days = min((days.days + 1) // 2, stream.fallback_days)
            state = await _save_learned(ctx, stream, state)
            if days.days == 1:
                raise
            remaining += reversed(list(days.chunks_newest_first(learned.window_days)))
        else:
            state = await _save_learned(ctx, stream, state.with_days(days))
    return state


async def _save_learned(ctx: SyncContext, stream: DailyStream, state: StreamState) -> StreamState:
    """Persists learned limits immediately, so that a retry starts with them."""
    learned, today = ctx.progress.learned, _today_utc(ctx)
    if learned == learned_today(state, today):
        return state
    values = {name: value for name, value in asdict(learned).items() if value}
    state = state.with_cursor(learned={"on": today, **values})
    await ctx.store.save_cursor(stream.name, state.cursor)
    return state


def _today_utc(ctx: SyncContext) -> str:
    return str(ctx.clock().astimezone(UTC).date())


def learned_today(state: StreamState, day: str) -> LearnedLimits:
    """Returns the limits learned on that day; the next day starts without, because a platform's load changes."""
    stored = state.cursor.get("learned", {})
    if stored.get("on") != day:
        return LearnedLimits()
    return LearnedLimits(stored.get("window_days"), stored.get("page_size"), stored.get("reduced_request", False))


def plan_chunks(
    stream: DailyStream,
    state: StreamState,
    today: date,
    settings: SyncSettings,
    learned: LearnedLimits,
    requested: DateRange | None = None,
) -> list[DateRange]:
    """Returns the chunks to read: of the requested days, else of the missing ones."""
    max_days = min(stream.max_days, learned.window_days or stream.max_days)
    if requested is None:
        return missing_days(state, today, settings, max_days)
    begun = requested.clipped_to(today)
    return list(begun.chunks_newest_first(max_days)) if begun else []
