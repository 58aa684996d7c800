"""Compares stored records with the platform's list of those that exist: what is gone is marked as deleted.

It runs after a read of named days, such as the nightly restate, and covers at most the source's lookback. Nothing is
marked because a list was short: each missing record is requested by its key first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

from adsync.errors import TemporaryError
from adsync.extract.context import SyncContext
from adsync.models import Page
from adsync.ranges import ONE_DAY, DateRange
from adsync.sources.base import IncrementalStream, PresenceCheck

# More missing records than this, and than half of all, point to another store behind the connection.
FEW_MISSING = 5


async def check_presence(ctx: SyncContext, stream: IncrementalStream, check: PresenceCheck, days: DateRange) -> None:
    """Marks the records that no longer exist and reads those again that changed without a new date."""
    compared = compared_days(days, DateRange(ctx.today - timedelta(days=ctx.source.lookback - 1), ctx.today + ONE_DAY))
    if compared is None:
        return
    stored = {
        key: check.fingerprint(payload) if check.fingerprint else ""
        async for key, payload in ctx.writer.created_between(stream.name, check.created, compared)
    }
    if not stored:
        return
    try:
        listed = await _listed(ctx, check, compared)
    except TemporaryError as error:
        ctx.progress.notes.append(f"{stream.name}: not compared with the list of those that exist: {error}")
        return
    await _compare(ctx, stream, stored, listed)


def compared_days(days: DateRange, lookback: DateRange) -> DateRange | None:
    """Returns the days inside the lookback; None if there are none."""
    since, until = max(days.since, lookback.since), min(days.until, lookback.until)
    return DateRange(since, until) if since < until else None


async def _listed(ctx: SyncContext, check: PresenceCheck, days: DateRange) -> dict[str, str]:
    """Lists a day more on each side: days of creation are stored in the platform's own time zone."""
    wider = DateRange(days.since - ONE_DAY, days.until + ONE_DAY)
    found: dict[str, str] = {}
    async for page in check.list_records(ctx.client, ctx.account, wider.to_time_range(ctx.zone)):
        found |= {each.key: each.fingerprint for each in page}
    return found


async def _compare(ctx: SyncContext, stream: IncrementalStream, stored: dict[str, str], listed: dict[str, str]) -> None:
    changed = [key for key, mark in stored.items() if mark and listed.get(key) and listed[key] != mark]
    missing = [key for key in stored if key not in listed]
    if len(missing) > max(FEW_MISSING, len(stored) / 2):
        ctx.progress.notes.append(
            f"{stream.name}: {len(missing):,} of {len(stored):,} stored records are missing at the platform; none is "
            "marked as deleted (check that the connection leads to the right store)"
        )
        missing = []
    exist = await _existing(ctx, stream, [*changed, *missing])
    gone = [key for key in missing if key not in exist]
    if gone and await ctx.writer.mark_deleted(stream.name, gone, await ctx.store.get(stream.name)):
        ctx.progress.notes.append(f"{stream.name}: {len(gone):,} deleted at the platform: {', '.join(gone[:5])}")


async def _existing(ctx: SyncContext, stream: IncrementalStream, keys: list[str]) -> set[str]:
    """Reads records by key and stores them; returns the keys of those that exist."""
    found: set[str] = set()
    if not keys or stream.read_keys is None:
        return set(keys)
    stored = partial(ctx.writer.stored_payloads, stream.name)
    pages = _noting(stream.read_keys(ctx.client, ctx.account, keys, stored), found)
    await ctx.write(stream, pages, await ctx.store.get(stream.name), rereading=keys)
    return found


async def _noting(pages: AsyncIterator[Page], found: set[str]) -> AsyncIterator[Page]:
    async for page in pages:
        found.update(each.key for each in page)
        yield page
