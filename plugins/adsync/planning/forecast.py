"""What a sync would fetch now, account by account: from what is stored, else counted at the platform.

Only an account that was never read costs calls: its campaigns are listed, or its orders counted, and nothing is
stored.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import psycopg
from psycopg import sql

from adsync import registry
from adsync.extract.context import SyncEnvironment
from adsync.models import Account
from adsync.planning.counting import Count
from adsync.planning.estimate import Estimate, Known, estimate
from adsync.ranges import DateRange
from adsync.sources.base import DailyStream, EntityStream, IncrementalStream, Source, Stream
from adsync.state import accounts
from adsync.state.stream_state import StreamState, history
from adsync.state.sync_state import SyncStateStore
from adsync.state.zones import zone_of
from adsync.warehouse.connection import connect

# Enough days for a usual one, few enough to be of now.
RECENT_DAYS = 30
COUNT = "select count(*) from raw.{table} where account_id = %(account_id)s"
COUNT_A_DAY = """
select count(*)::float / nullif(count(distinct metric_date), 0) from raw.{table}
where account_id = %(account_id)s and metric_date > (
    select max(metric_date) - %(days)s from raw.{table} where account_id = %(account_id)s
)
"""


@dataclass(frozen=True)
class ForecastRequest:
    """Which accounts of a source, and which days instead of those that are lacking."""

    source: str
    account_ids: tuple[str, ...]
    asked: DateRange | None = None


async def forecast(question: ForecastRequest, environment: SyncEnvironment) -> list[Estimate]:
    """The estimate of every account asked for."""
    source = registry.load(question.source)
    listed = await asyncio.to_thread(accounts.load, environment.warehouse_url, source.name, question.account_ids)
    async with connect(environment.warehouse_url) as connection:
        return [await _one(source, account, question, environment, connection) for account in listed]


async def _one(
    source: Source,
    account: Account,
    question: ForecastRequest,
    environment: SyncEnvironment,
    connection: psycopg.AsyncConnection,
) -> Estimate:
    ledger, now = SyncStateStore(connection, account, "plan"), environment.clock()
    coverage = {stream.name: await ledger.coverage(stream.name) for stream in source.streams}
    reach = await ledger.reach()
    stored = {stream.name: await _stored(connection, source, account, stream) for stream in _listings(source)}
    unread = [stream for stream in _countable(source) if not stored.get(stream.name, coverage[stream.name].since)]
    span = question.asked.instants(zone_of(account)) if question.asked else history(now, reach)
    count = Count(account, span, {name: number for name, number in stored.items() if number})
    if unread:
        count = await count.taken(source, unread, environment)
    restated = {
        each.name: await _stored(connection, source, account, each)
        for each in source.streams
        if isinstance(each, EntityStream) and each.restate_only
    }
    known = Known(
        reach,
        now.astimezone(zone_of(account)).date(),
        now,
        coverage,
        {**count.records, **restated},
        {stream.name: rate for stream, rate in await _rates(connection, source, account, coverage, count)},
        count.pages,
        question.asked,
    )
    return estimate(source, account, known, count.note)


def _listings(source: Source) -> list[EntityStream]:
    """What an account has many of and every sync reads: the entities but the account itself."""
    return [each for each in source.streams[1:] if isinstance(each, EntityStream) and not each.restate_only]


def _countable(source: Source) -> list[Stream]:
    return [
        *_listings(source),
        *(each for each in source.streams if isinstance(each, IncrementalStream) and each.count),
    ]


async def _rates(
    connection: psycopg.AsyncConnection,
    source: Source,
    account: Account,
    coverage: dict[str, StreamState],
    count: Count,
) -> list[tuple[Stream, float]]:
    """Records per day: as lately; of metrics that were never read one per campaign, of orders as counted."""
    rates: list[tuple[Stream, float | None]] = []
    for stream in source.streams:
        match stream:
            case DailyStream():
                usual = await _scalar(connection, source, account, stream, COUNT_A_DAY)
                rates.append((stream, usual or count.records.get("campaigns")))
            case IncrementalStream():
                usual = await _changes_a_day(connection, source, account, stream, coverage[stream.name])
                rates.append((stream, count.a_day(stream) if usual is None else usual))
    return [(stream, rate) for stream, rate in rates if rate is not None]


async def _changes_a_day(
    connection: psycopg.AsyncConnection, source: Source, account: Account, stream: Stream, covered: StreamState
) -> float | None:
    if covered.since is None or covered.through is None:
        return None
    return await _stored(connection, source, account, stream) / ((covered.through - covered.since).days + 1)


async def _stored(connection: psycopg.AsyncConnection, source: Source, account: Account, stream: Stream) -> int:
    return int(await _scalar(connection, source, account, stream, COUNT) or 0)


async def _scalar(
    connection: psycopg.AsyncConnection, source: Source, account: Account, stream: Stream, query: str
) -> float | None:
    statement = sql.SQL(query).format(table=sql.Identifier(f"{source.name}_{stream.name}"))
    cursor = await connection.execute(statement, {"account_id": account.account_id, "days": RECENT_DAYS})
    row = await cursor.fetchone()
    return row[0] if row else None
