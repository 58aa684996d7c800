"""The strategy of incremental streams: changes since the last sync, long history by a report, unfinished records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

from adsync.extract.async_report import read_by_report, report_range
from adsync.extract.context import SyncContext
from adsync.extract.presence import check_presence
from adsync.extract.reread_queue import RereadQueue
from adsync.extract.scope import incremental_ranges
from adsync.models import Page
from adsync.ranges import DateRange, TimeRange
from adsync.sources.base import AsyncReport, IncrementalStream, RereadPolicy
from adsync.state.stream_state import StreamState


async def sync_incremental(ctx: SyncContext, stream: IncrementalStream) -> None:
    """Reads the requested days, else what changed since the last sync."""
    if ctx.requested:
        await _sync_requested(ctx, stream, ctx.requested)
        return
    await _read_rejected(ctx, stream)
    state, settings = await ctx.store.get(stream.name), await ctx.store.settings()
    if stream.report:
        ranges = list(incremental_ranges(state, ctx.clock(), settings, stream.max_days))
        state = await _sync_by_report(ctx, stream, stream.report, ranges, state)
    if ctx.progress.pending_report:
        return
    for changed in incremental_ranges(state, ctx.clock(), settings, stream.max_days):
        pages = _read(ctx, stream, changed, is_new=state.continues_at(changed))
        state = await ctx.write(stream, pages, state.with_range(changed))
        ctx.progress.add_days(changed.since.date(), changed.until.date())
    if stream.reread:
        await _reread(ctx, stream, stream.reread, state)


async def _sync_requested(ctx: SyncContext, stream: IncrementalStream, days: DateRange) -> None:
    """Reads the requested days; the covered range stays as it is."""
    state, changed = await ctx.store.get(stream.name), days.to_time_range(ctx.zone)
    if changed.since >= ctx.clock():
        return
    past = replace(changed, until=min(changed.until, ctx.clock()))
    report = stream.report
    whole = report and report_range(ctx.account, state, report, [past], ctx.clock())
    if report and whole and await read_by_report(ctx, stream, report, state, whole):
        return
    await ctx.write(stream, _read(ctx, stream, past, is_new=False), await ctx.store.get(stream.name))
    if stream.presence:
        await check_presence(ctx, stream, stream.presence, days)
    ctx.progress.add_days(days.since, days.last_day)


async def _sync_by_report(
    ctx: SyncContext, stream: IncrementalStream, report: AsyncReport, ranges: list[TimeRange], state: StreamState
) -> StreamState:
    """Reads long history by a report; what changed since it was created is left to pages."""
    if whole := report_range(ctx.account, state, report, ranges, ctx.clock()):
        await read_by_report(ctx, stream, report, state, whole)
    return await ctx.store.get(stream.name)


async def _reread(ctx: SyncContext, stream: IncrementalStream, policy: RereadPolicy, state: StreamState) -> None:
    """Reads unfinished records again whose next delay has passed."""
    if due := RereadQueue.load(policy, state, ctx.clock()).due():
        await ctx.write(stream, policy.read(ctx.client, ctx.account, due), state, rereading=due)


async def _read_rejected(ctx: SyncContext, stream: IncrementalStream) -> None:
    """Reads by key what earlier syncs rejected; what no longer exists leaves `raw.rejected_records`."""
    if stream.read_keys and (keys := await ctx.writer.rejected_keys(stream.name)):
        stored = partial(ctx.writer.stored_payloads, stream.name)
        pages = stream.read_keys(ctx.client, ctx.account, keys, stored)
        await ctx.write(stream, pages, await ctx.store.get(stream.name), rereading=keys)


def _read(ctx: SyncContext, stream: IncrementalStream, changed: TimeRange, *, is_new: bool) -> AsyncIterator[Page]:
    read = stream.read if is_new else stream.read_history or stream.read
    return read(ctx.client, ctx.account, changed, partial(ctx.writer.stored_payloads, stream.name))
