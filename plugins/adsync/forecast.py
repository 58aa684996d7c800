"""What a sync would fetch now, account by account: from what is stored, else counted at the platform.

Only an account that was never read costs calls: its campaigns are listed once, and nothing is stored.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from adsync import accounts, registry, warehouse
from adsync.access import Environment, connected
from adsync.errors import AdsyncError
from adsync.estimate import Estimate, Known, estimate
from adsync.scope import Coverage
from adsync.sources.base import Account, Source, Stream
from adsync.state import Ledger
from adsync.window import Window

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
class Question:
    """Which accounts of a source, and which days instead of those that are lacking."""

    source: str
    account_ids: tuple[str, ...]
    asked: Window | None = None


async def forecast(question: Question, environment: Environment) -> list[Estimate]:
    """The estimate of every account asked for."""
    source = registry.load(question.source)
    listed = await asyncio.to_thread(accounts.load, environment.warehouse_url, source.name, question.account_ids)
    async with await warehouse.connect(environment.warehouse_url) as connection:
        return [await _one(source, account, question, environment, connection) for account in listed]


async def _one(
    source: Source, account: Account, question: Question, environment: Environment, connection: psycopg.AsyncConnection
) -> Estimate:
    ledger, now = Ledger(connection, account, "plan"), environment.clock()
    coverage = {stream.name: await ledger.coverage(stream.name) for stream in source.streams}
    records = {stream.name: await _stored(connection, source, account, stream) for stream in _listings(source)}
    note = ""
    if not all(records.values()):
        records, note = await _counted(source, account, environment)
    records |= {each.name: await _stored(connection, source, account, each) for each in source.streams if each.aside}
    known = Known(
        await ledger.reach(),
        now.astimezone(ZoneInfo(account.timezone)).date(),
        now,
        coverage,
        records,
        {stream.name: rate for stream, rate in await _rates(connection, source, account, coverage, records)},
        question.asked,
    )
    return estimate(source, account, known, note)


def _listings(source: Source) -> list[Stream]:
    """What an account has many of and every sync reads: the entities but the account itself."""
    return [stream for stream in source.streams[1:] if stream.shape == "entity" and not stream.aside]


async def _counted(source: Source, account: Account, environment: Environment) -> tuple[dict[str, int], str]:
    """Count at the platform; the note says that it was done, or why it could not be."""
    found: dict[str, int] = {}
    try:
        async with connected(source, account, environment) as client:
            for stream in _listings(source):
                found[stream.name] = sum([len(page) async for page in stream.read(client, account)])
    except AdsyncError as error:
        return {}, f"its campaigns are unknown: {error}"
    return found, "its campaigns were counted just now"


async def _rates(
    connection: psycopg.AsyncConnection,
    source: Source,
    account: Account,
    coverage: dict[str, Coverage],
    records: dict[str, int],
) -> list[tuple[Stream, float]]:
    """Records per day: as lately; of metrics that were never read one per campaign, of orders never read unknown."""
    rates: list[tuple[Stream, float | None]] = []
    for stream in source.streams:
        if stream.shape == "daily":
            usual = await _scalar(connection, source, account, stream, COUNT_A_DAY)
            rates.append((stream, usual or records.get("campaigns")))
        elif stream.shape == "changes":
            rates.append((stream, await _changes_a_day(connection, source, account, stream, coverage[stream.name])))
    return [(stream, rate) for stream, rate in rates if rate is not None]


async def _changes_a_day(
    connection: psycopg.AsyncConnection, source: Source, account: Account, stream: Stream, covered: Coverage
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
