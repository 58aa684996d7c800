"""Syncs one account: every stream of its source, each by the strategy of its type."""

from __future__ import annotations

from adsync.extract.context import SyncContext
from adsync.extract.daily import sync_daily
from adsync.extract.entity import sync_entity
from adsync.extract.incremental import sync_incremental
from adsync.sources.base import DailyStream, EntityStream, IncrementalStream


async def sync_account(ctx: SyncContext) -> None:
    """Reads every stream and commits batch by batch; `ctx.progress` says how far it got, even if an error is raised."""
    for stream in ctx.source.streams:
        match stream:
            case EntityStream():
                ctx = await sync_entity(ctx, stream)
            case DailyStream():
                await sync_daily(ctx, stream)
            case IncrementalStream():
                await sync_incremental(ctx, stream)
