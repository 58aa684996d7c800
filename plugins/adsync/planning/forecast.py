"""Forecasts what a sync would fetch now, account by account, from stored records or a count at the platform.

Only an account that was never synced costs calls: its campaigns are listed or its orders counted, and nothing is
stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql

from adsync import registry
from adsync.extract.context import SyncEnvironment, account_zone
from adsync.extract.scope import history
from adsync.models import Account
from adsync.planning.counting import CountResult, count_records
from adsync.planning.estimate import AccountEstimate, KnownVolume, estimate_account
from adsync.ranges import DateRange, TimeRange
from adsync.sources.base import DailyStream, EntityStream, IncrementalStream, Source, Stream
from adsync.state import accounts
from adsync.state.stream_state import StreamState
from adsync.state.sync_state import SyncStateStore
from adsync.warehouse.connection import connect

# Long enough for an average, short enough to be current.
RECENT_DAYS = 30
SECONDS_PER_DAY = 86_400
STORED = "select count(*) from raw.{table} where account_id = %(account_id)s"
STORED_PER_DAY = """
select count(*)::float / nullif(count(distinct metric_date), 0) from raw.{table}
where account_id = %(account_id)s and metric_date > (
    select max(metric_date) - %(days)s from raw.{table} where account_id = %(account_id)s
)
"""


@dataclass(frozen=True)
class ForecastRequest:
    """Accounts of one source; `requested` days replace the days that each account is missing."""

    source: str
    account_ids: tuple[str, ...]
    requested: DateRange | None = None


async def forecast(request: ForecastRequest, environment: SyncEnvironment) -> list[AccountEstimate]:
    """Returns the estimate of every requested account."""
    source = registry.load(request.source)
    listed = await asyncio.to_thread(accounts.load, environment.warehouse_url, source.name, request.account_ids)
    async with connect(environment.warehouse_url) as connection:
        return [
            await _forecast_account(source, account, request.requested, environment, connection) for account in listed
        ]


async def _forecast_account(
    source: Source,
    account: Account,
    requested: DateRange | None,
    environment: SyncEnvironment,
    connection: psycopg.AsyncConnection,
) -> AccountEstimate:
    stored, now = StoredRecords(connection, source, account), environment.clock()
    store = SyncStateStore(connection, account, "plan")
    states = {stream.name: await store.get(stream.name) for stream in source.streams}
    settings = await store.settings()
    records = {stream.name: await stored.count(stream) for stream in _entities(source)}
    uncounted = [
        *(stream for stream in _listed_entities(source) if not records[stream.name]),
        *(stream for stream in _countable(source) if not states[stream.name].since),
    ]
    within = requested.to_time_range(account_zone(account)) if requested else history(now, settings)
    counted = await count_records(source, account, uncounted, within, environment) if uncounted else CountResult()
    known_records = {name: number for name, number in records.items() if number} | counted.records
    restated = {stream.name: records[stream.name] for stream in _entities(source) if stream.restate_only}
    known = KnownVolume(
        settings,
        now.astimezone(account_zone(account)).date(),
        now,
        states,
        {**known_records, **restated},
        await _rates(stored, states, known_records, within),
        counted.page_sizes,
        requested,
    )
    return estimate_account(source, account, known, counted.note)


def _entities(source: Source) -> list[EntityStream]:
    """The first stream is the account itself."""
    return [stream for stream in source.streams[1:] if isinstance(stream, EntityStream)]


def _listed_entities(source: Source) -> list[EntityStream]:
    """Returns the entities that every sync reads."""
    return [stream for stream in _entities(source) if not stream.restate_only]


def _countable(source: Source) -> list[IncrementalStream]:
    return [stream for stream in source.streams if isinstance(stream, IncrementalStream) and stream.count]


async def _rates(
    stored: StoredRecords, states: Mapping[str, StreamState], records: Mapping[str, int], within: TimeRange
) -> dict[str, float]:
    """Returns records per day by stream: the stored average, else one row per campaign, or the counted orders."""
    rates: dict[str, float | None] = {}
    for stream in stored.source.streams:
        match stream:
            case DailyStream():
                rates[stream.name] = await stored.recent_per_day(stream) or records.get("campaigns")
            case IncrementalStream():
                average = await stored.per_covered_day(stream, states[stream.name])
                rates[stream.name] = _per_day(records.get(stream.name), within) if average is None else average
    return {name: rate for name, rate in rates.items() if rate is not None}


def _per_day(records: int | None, within: TimeRange) -> float | None:
    return None if records is None else records * SECONDS_PER_DAY / (within.until - within.since).total_seconds()


@dataclass(frozen=True)
class StoredRecords:
    """Counts an account's records in the raw tables."""

    connection: psycopg.AsyncConnection
    source: Source
    account: Account

    async def count(self, stream: Stream) -> int:
        return int(await self._scalar(stream, STORED) or 0)

    async def recent_per_day(self, stream: DailyStream) -> float | None:
        return await self._scalar(stream, STORED_PER_DAY)

    async def per_covered_day(self, stream: IncrementalStream, state: StreamState) -> float | None:
        if state.since is None or state.through is None:
            return None
        return await self.count(stream) / ((state.through - state.since).days + 1)

    async def _scalar(self, stream: Stream, query: str) -> float | None:
        statement = sql.SQL(query).format(table=sql.Identifier(f"{self.source.name}_{stream.name}"))
        values = {"account_id": self.account.account_id, "days": RECENT_DAYS}
        cursor = await self.connection.execute(statement, values)
        row = await cursor.fetchone()
        return row[0] if row else None
