from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import date, timedelta

import psycopg
import pytest

import sandbox_fixtures
from adsync.errors import PermanentError, ReauthRequired, TemporaryError
from adsync.models import AccountInfo
from adsync.state import sync_state
from adsync.state.stream_state import StreamState
from adsync.state.sync_state import LEASE, SyncStateStore
from adsync.warehouse.connection import connect

STREAMS = ["accounts", "campaigns", "campaign_metrics"]
MINUTE = timedelta(minutes=1)
DAY = date(2026, 11, 22)


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(warehouse_url, sandbox_fixtures.META)
    return warehouse_url


@asynccontextmanager
async def ledger(url, owner="run"):
    async with connect(url) as connection:
        await connection.set_autocommit(True)
        yield SyncStateStore(connection, sandbox_fixtures.account("meta"), owner)


def one(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()


def rows(url, columns):
    with psycopg.connect(url) as connection:
        return connection.execute(f"select {columns} from adsync.sync_state order by stream").fetchall()


def hand_over(url, owner="another"):
    with psycopg.connect(url) as connection:
        connection.execute("update adsync.sync_state set lease_owner = %s", (owner,))


async def test_one_owner_reads_an_account_at_a_time(url):
    async with ledger(url, "one") as first, ledger(url, "two") as second:
        taken = await asyncio.gather(first.acquire_lease(STREAMS), second.acquire_lease(STREAMS))
        assert sorted(taken) == [False, True]
        winner, loser = (first, second) if taken[0] else (second, first)
        assert await winner.acquire_lease(STREAMS)
        await winner.release_lease()
        assert await loser.acquire_lease(STREAMS)


async def test_a_lease_that_ran_out_may_be_taken(url):
    async with ledger(url, "killed") as first, ledger(url, "next") as second:
        await first.acquire_lease(STREAMS)
        with psycopg.connect(url) as connection:
            connection.execute("update adsync.sync_state set lease_until = now() - interval '1 second'")
        assert await second.acquire_lease(STREAMS)
        await first.release_lease()
        assert rows(url, "lease_owner") == [("next",)] * 3


async def test_a_lease_reaches_from_the_end_of_a_long_unit_not_from_its_start(url):
    async with ledger(url) as mine:
        await mine.acquire_lease(STREAMS)
        async with mine.connection.transaction():
            await mine.connection.execute("select pg_sleep(0.5)")
            await mine.commit("campaigns", StreamState())
        left = one(url, "select lease_until - clock_timestamp() from adsync.sync_state where stream = 'campaigns'")[0]
        assert left > LEASE - timedelta(seconds=0.4)


async def test_a_lost_lease_writes_nothing(url):
    async with ledger(url) as mine:
        await mine.acquire_lease(STREAMS)
        hand_over(url)
        before = rows(url, "*")
        with pytest.raises(TemporaryError, match="lease lost to another run; this batch was rolled back"):
            await mine.commit("campaign_metrics", StreamState(DAY, DAY))
        await mine.save_cursor("campaign_metrics", {"report": {"id": "mine"}})
        await mine.mark_failed(PermanentError("too late"), None)
        await mine.mark_ok(STREAMS)
        await mine.renew_lease()
        await mine.release_lease()
        assert rows(url, "*") == before
        assert one(url, "select count(*) from adsync.admin_notices") == (0,)


async def test_coverage_and_cursor_come_back_as_they_were_written(url):
    async with ledger(url) as mine:
        await mine.acquire_lease(STREAMS)
        assert await mine.get("campaign_metrics") == StreamState()
        written = StreamState(DAY - timedelta(days=5), DAY, {"since": "a"})
        await mine.commit("campaign_metrics", written)
        assert await mine.get("campaign_metrics") == written
        await mine.save_cursor("campaign_metrics", {"report": {"id": "r1"}})
        assert (await mine.get("campaign_metrics")).cursor == {"report": {"id": "r1"}}
        assert await mine.get("campaigns") == StreamState()


@pytest.mark.parametrize(
    ("error", "retry_in", "status"),
    [
        (TemporaryError("away"), MINUTE, "retrying"),
        (TemporaryError("away"), None, "failed"),
        (PermanentError("never"), None, "failed"),
        (ReauthRequired("log in"), None, "reauth_required"),
    ],
)
async def test_a_failure_is_written_down_with_what_comes_next(url, error, retry_in, status):
    async with ledger(url) as mine:
        await mine.acquire_lease(STREAMS)
        await mine.mark_failed(error, retry_in)
        await mine.mark_failed(error, retry_in)
    assert set(rows(url, "status, consecutive_failures, error_class, error_message")) == {
        (status, 2, type(error).__name__, str(error))
    }
    waits = {row[0] for row in rows(url, "retry_at > now() + interval '50 seconds'")}
    assert waits == ({True} if retry_in else {None})
    assert one(url, "select count(*) from adsync.admin_notices") == (0 if retry_in else 1,)


async def test_a_notice_is_opened_once_per_episode_and_closed_on_recovery(url):
    query = "select array_agg(closed_at is null order by notice_id) from adsync.admin_notices"
    async with ledger(url) as mine:
        await mine.acquire_lease(STREAMS)
        await mine.mark_failed(ReauthRequired("log in"), None)
        await mine.mark_failed(PermanentError("still"), None)
        assert one(url, query) == ([True],)
        await mine.mark_ok(STREAMS)
        assert one(url, query) == ([False],)
        assert set(rows(url, "status, consecutive_failures, error_class, retry_at")) == {("ok", 0, None, None)}
        await mine.mark_failed(ReauthRequired("again"), None)
        assert one(url, query) == ([False, True],)


async def test_a_very_long_message_is_cut(url):
    async with ledger(url) as mine:
        await mine.acquire_lease(STREAMS)
        await mine.mark_failed(PermanentError("x" * 5000), None)
    assert set(rows(url, "length(error_message)")) == {(sync_state.MAX_MESSAGE_LENGTH,)}


async def test_the_platform_s_facts_are_saved_once(url):
    async with ledger(url) as mine:
        await mine.save_account_info(AccountInfo("Acme", "USD", "Europe/London"))
        query = "select name, currency, timezone, xmin::text from adsync.accounts"
        before = one(url, query)
        assert before[:3] == ("Acme", "USD", "Europe/London")
        await mine.save_account_info(AccountInfo("Acme", "USD", "Europe/London"))
        assert one(url, query) == before
