"""A hand-written loop for this one job: the limit that the sync is compared with.

Ten fetches in flight and two writers. Pages are split, not parsed. Rows go by COPY into a temporary table, then one
upsert of rows that differ, one delete of rows that are missing, and one insert into `raw.observations`. There is no
state, lease, retry or second source.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import httpx
import msgspec
import psycopg

UPSERT = """
with written as (
    insert into raw.meta_campaign_metrics as known (account_id, record_key, metric_date, payload, observed_at, run_id)
    select distinct on (record_key) %(account)s, record_key, metric_date, payload, %(now)s, 'hand' from incoming
    order by record_key
    on conflict (account_id, record_key) do update set payload = excluded.payload, observed_at = excluded.observed_at,
        loaded_at = clock_timestamp(), run_id = excluded.run_id
    where known.payload is distinct from excluded.payload
    returning record_key, metric_date, payload
)
insert into raw.observations (source, stream, account_id, record_key, metric_date, observed_at, payload)
select 'meta', 'campaign_metrics', %(account)s, record_key, metric_date, %(now)s, payload from written
"""
DELETE_MISSING = """
delete from raw.meta_campaign_metrics as known
where account_id = %(account)s and metric_date between %(since)s and %(until)s
    and not exists (select from incoming where incoming.record_key = known.record_key)
"""


class Keys(msgspec.Struct):
    campaign_id: str
    date_start: str


class Cursors(msgspec.Struct):
    after: str


class Paging(msgspec.Struct):
    cursors: Cursors
    next: str | None = None


class Page(msgspec.Struct):
    data: list[msgspec.Raw]
    paging: Paging


PAGE, KEYS = msgspec.json.Decoder(Page), msgspec.json.Decoder(Keys)


async def fetch(http: httpx.AsyncClient, account: str, since: date, until: date, queue: asyncio.Queue) -> None:
    after = ""
    while True:
        params = {
            "level": "campaign", "time_increment": "1", "limit": "500", "after": after or "0",
            "time_range": json.dumps({"since": str(since), "until": str(until)}),
        }  # fmt: skip
        response = await http.get(f"act_{account}/insights", params=params)
        page = PAGE.decode(response.content)
        rows = []
        for item in page.data:
            keys = KEYS.decode(item)
            day = keys.date_start.encode()
            rows.append(b"%b:%b\x02%b\x02\x01%b\x01\n" % (keys.campaign_id.encode(), day, day, item))
        await queue.put(b"".join(rows))
        if page.paging.next is None:
            break
        after = page.paging.cursors.after
    await queue.put(None)


async def account_month(
    url: str, http: httpx.AsyncClient, account: str, days: tuple[date, date], writers: asyncio.Semaphore
) -> None:
    since, until = days
    queue: asyncio.Queue = asyncio.Queue(4)
    fetching = asyncio.create_task(fetch(http, account, since, until, queue))
    values = {"account": account, "now": datetime.now(UTC), "since": since, "until": until}
    async with writers, await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute(
            "create temporary table incoming (record_key text, metric_date date, payload jsonb)"
            " with (toast_tuple_target = 8160) on commit drop"
        )
        command = "copy incoming from stdin (format csv, quote e'\\x01', delimiter e'\\x02')"
        async with connection.cursor() as cursor, cursor.copy(command) as copy:
            while (block := await queue.get()) is not None:
                await copy.write(block)
        await connection.execute(UPSERT, values)
        await connection.execute(DELETE_MISSING, values)
    await fetching


async def load(url: str, base_url: str, accounts: Sequence[str], first: date, days: int) -> None:
    """Loads `days` days from `first` on, 30 at a time, for every account."""
    writers = asyncio.Semaphore(2)
    last = first + timedelta(days=days - 1)
    async with httpx.AsyncClient(base_url=base_url, timeout=60) as http:
        for start in range(0, days, 30):
            since = first + timedelta(days=start)
            span = (since, min(since + timedelta(days=29), last))
            await asyncio.gather(*(account_month(url, http, account, span, writers) for account in accounts))
