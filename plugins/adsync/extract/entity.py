"""The strategy of entity streams: a listing is read as a whole, unless it was read recently.

The first stream of a source is the account's own record. It reports the time zone, which the next streams need.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adsync.extract.context import SyncContext, account_zone
from adsync.extract.scope import is_fresh
from adsync.models import Account, AccountInfo, Page, Record
from adsync.sources.base import EntityStream, Source
from adsync.state.stream_state import StreamState


async def sync_entity(ctx: SyncContext, stream: EntityStream) -> SyncContext:
    """Reads one listing; returns the context, with the account's time zone as the platform reports it."""
    state = await ctx.store.get(stream.name)
    if (stream.restate_only and not ctx.requested) or is_fresh(state, stream.refresh_every, ctx.clock()):
        return ctx
    pages = stream.read(ctx.client, ctx.account)
    if stream is ctx.source.streams[0]:
        return await _sync_account_record(ctx, stream, pages, state)
    await ctx.write(stream, pages, StreamState())
    await _save_read_at(ctx, stream)
    return ctx


@dataclass
class AccountRecord:
    """What the account's own record says; empty until its page has passed."""

    account: Account
    info: AccountInfo | None = None
    notes: tuple[str, ...] = ()


async def _sync_account_record(
    ctx: SyncContext, stream: EntityStream, pages: AsyncIterator[Page], state: StreamState
) -> SyncContext:
    record = AccountRecord(ctx.account)
    await ctx.write(stream, _capture_account_info(ctx.source, pages, record), StreamState())
    await _save_account_info(ctx, stream, record)
    ctx.progress.notes += [note for note in record.notes if note not in state.cursor.get("notes", [])]
    return replace(ctx, account=record.account)


async def _capture_account_info(
    source: Source, pages: AsyncIterator[Page], record: AccountRecord
) -> AsyncIterator[Page]:
    """Passes the pages on; ContractError if the reported time zone does not exist."""
    async for page in pages:
        for payload in (each.payload for each in page if isinstance(each, Record)):
            record.info, record.notes = source.account_info(payload), source.notes(payload)
            record.account = replace(record.account, timezone=record.info.timezone)
            account_zone(record.account)
        yield page


async def _save_account_info(ctx: SyncContext, stream: EntityStream, record: AccountRecord) -> None:
    """Only then the stream counts as read. Notes are kept, so that each is reported once."""
    if record.info:
        await ctx.store.save_account_info(record.info)
    await _save_read_at(ctx, stream, {"notes": list(record.notes)} if record.notes else {})


async def _save_read_at(ctx: SyncContext, stream: EntityStream, cursor: Mapping[str, Any] | None = None) -> None:
    """Saves when a stream was read that is not read in every sync."""
    read_at = {"read_at": str(ctx.clock())} if stream.refresh_every else {}
    if values := {**read_at, **(cursor or {})}:
        await ctx.store.save_cursor(stream.name, values)
