"""One batch is one transaction: rows, observations and state."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

import psycopg
import pytest

import sandbox_fixtures
from adsync.errors import ContractError, TemporaryError
from adsync.load.batch import Batch, BatchWriter
from adsync.load.raw_tables import LoadStats
from adsync.models import Record
from adsync.ranges import DateRange
from adsync.state.stream_state import StreamState
from adsync.state.sync_state import SyncStateStore
from adsync.warehouse.connection import connect

STREAM = "campaign_metrics"
DAY = date(2026, 11, 22)
DAYS = DateRange(DAY, date(2026, 11, 23))
RECORD = Record(f"a:{DAY}", DAY, b'{"spend": "1.00"}')
NOTHING_WRITTEN = ([], (0,), StreamState())


class KeyObserver:
    """Adds the keys of all pages to the cursor."""

    def __init__(self):
        self.keys = []

    def observe(self, page):
        self.keys += [record.key for record in page]

    def add_to(self, state):
        return state.with_cursor(keys=self.keys)


async def pages(*listed):
    for page in listed:
        yield page


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(warehouse_url, sandbox_fixtures.META)
    return warehouse_url


@asynccontextmanager
async def open_store(url):
    async with connect(url) as connection:
        await connection.set_autocommit(True)
        store = SyncStateStore(connection, sandbox_fixtures.account("meta"), "run")
        await store.acquire_lease([STREAM])
        yield store


def writer(store):
    return BatchWriter("meta", store, lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))


async def written(url, store):
    with psycopg.connect(url) as connection:
        keys = connection.execute("select record_key from raw.meta_campaign_metrics").fetchall()
        observations = connection.execute("select count(*) from raw.observations").fetchone()
    return [key for (key,) in keys], observations, await store.get(STREAM)


async def test_rows_observations_and_state_are_committed(url):
    async with open_store(url) as store:
        batch = Batch(STREAM, pages([RECORD]), StreamState().with_days(DAYS), DAYS)
        assert await writer(store).write(batch) == LoadStats(1, 1)
        assert await written(url, store) == ([RECORD.key], (1,), StreamState(DAY, DAY))


async def test_an_observer_adds_to_the_committed_state(url):
    async with open_store(url) as store:
        batch = Batch(STREAM, pages([RECORD], []), StreamState(), DAYS, KeyObserver())
        await writer(store).write(batch)
        assert (await store.get(STREAM)).cursor == {"keys": [RECORD.key]}


async def test_a_batch_of_a_run_that_lost_its_lease_is_rolled_back(url):
    async with open_store(url) as store:
        with psycopg.connect(url) as connection:
            connection.execute("update adsync.sync_state set lease_owner = 'other'")
        with pytest.raises(TemporaryError, match="lease lost to another run"):
            await writer(store).write(Batch(STREAM, pages([RECORD]), StreamState().with_days(DAYS), DAYS))
        assert await written(url, store) == NOTHING_WRITTEN


async def test_a_batch_with_a_failing_page_is_rolled_back(url):
    async def failing():
        yield [RECORD]
        raise ContractError("page two is truncated")

    async with open_store(url) as store:
        with pytest.raises(ContractError, match="page two"):
            await writer(store).write(Batch(STREAM, failing(), StreamState().with_days(DAYS), DAYS))
        assert await written(url, store) == NOTHING_WRITTEN


async def test_stored_payloads_are_returned_by_key(url):
    async with open_store(url) as store:
        await writer(store).write(Batch(STREAM, pages([RECORD]), StreamState(), DAYS))
        assert await writer(store).stored_payloads(STREAM, [RECORD.key, "other"]) == {RECORD.key: RECORD.payload}
