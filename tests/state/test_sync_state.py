"""Leases, states and errors in `adsync.sync_state`."""

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
async def open_store(url, owner="run"):
    async with connect(url) as connection:
        await connection.set_autocommit(True)
        yield SyncStateStore(connection, sandbox_fixtures.account("meta"), owner)


def one(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()


def rows(url, columns):
    with psycopg.connect(url) as connection:
        return connection.execute(f"select {columns} from adsync.sync_state order by stream").fetchall()


def give_lease_to(url, owner="another"):
    with psycopg.connect(url) as connection:
        connection.execute("update adsync.sync_state set lease_owner = %s", (owner,))


async def test_only_one_run_holds_the_lease_of_an_account(url):
    async with open_store(url, "one") as first, open_store(url, "two") as second:
        acquired = await asyncio.gather(first.acquire_lease(STREAMS), second.acquire_lease(STREAMS))
        assert sorted(acquired) == [False, True]
        winner, loser = (first, second) if acquired[0] else (second, first)
        assert await winner.acquire_lease(STREAMS)
        await winner.release_lease()
        assert await loser.acquire_lease(STREAMS)


async def test_an_expired_lease_can_be_acquired(url):
    async with open_store(url, "killed") as first, open_store(url, "next") as second:
        await first.acquire_lease(STREAMS)
        with psycopg.connect(url) as connection:
            connection.execute("update adsync.sync_state set lease_until = now() - interval '1 second'")
        assert await second.acquire_lease(STREAMS)
        await first.release_lease()
        assert rows(url, "lease_owner") == [("next",)] * 3


async def test_a_commit_renews_the_lease_from_the_end_of_its_batch(url):
    async with open_store(url) as store:
        await store.acquire_lease(STREAMS)
        async with store.connection.transaction():
            await store.connection.execute("select pg_sleep(0.5)")
            await store.commit("campaigns", StreamState())
        left = one(url, "select lease_until - clock_timestamp() from adsync.sync_state where stream = 'campaigns'")[0]
        assert left > LEASE - timedelta(seconds=0.4)


async def test_after_a_lost_lease_nothing_is_written(url):
    async with open_store(url) as store:
        await store.acquire_lease(STREAMS)
        give_lease_to(url)
        before = rows(url, "*")
        with pytest.raises(TemporaryError, match="lease lost to another run; this batch was rolled back"):
            await store.commit("campaign_metrics", StreamState(DAY, DAY))
        await store.save_cursor("campaign_metrics", {"report": {"id": "store"}})
        await store.mark_failed(PermanentError("too late"), None)
        await store.mark_ok(STREAMS)
        await store.renew_lease()
        await store.release_lease()
        assert rows(url, "*") == before
        assert one(url, "select count(*) from adsync.admin_notices") == (0,)


async def test_state_is_read_as_it_was_committed(url):
    async with open_store(url) as store:
        await store.acquire_lease(STREAMS)
        assert await store.get("campaign_metrics") == StreamState()
        written = StreamState(DAY - timedelta(days=5), DAY, {"since": "a"})
        await store.commit("campaign_metrics", written)
        assert await store.get("campaign_metrics") == written
        await store.save_cursor("campaign_metrics", {"report": {"id": "r1"}})
        assert (await store.get("campaign_metrics")).cursor == {"report": {"id": "r1"}}
        assert await store.get("campaigns") == StreamState()


@pytest.mark.parametrize(
    ("error", "retry_in", "status"),
    [
        (TemporaryError("away"), MINUTE, "retrying"),
        (TemporaryError("away"), None, "failed"),
        (PermanentError("never"), None, "failed"),
        (ReauthRequired("log in"), None, "reauth_required"),
    ],
)
async def test_a_failure_is_saved_with_status_and_retry_time(url, error, retry_in, status):
    async with open_store(url) as store:
        await store.acquire_lease(STREAMS)
        await store.mark_failed(error, retry_in)
        await store.mark_failed(error, retry_in)
    assert set(rows(url, "status, consecutive_failures, error_class, error_message")) == {
        (status, 2, type(error).__name__, str(error))
    }
    waits = {row[0] for row in rows(url, "retry_at > now() + interval '50 seconds'")}
    assert waits == ({True} if retry_in else {None})
    assert one(url, "select count(*) from adsync.admin_notices") == (0 if retry_in else 1,)


async def test_a_notice_is_opened_once_per_episode_and_closed_by_a_success(url):
    query = "select array_agg(closed_at is null order by notice_id) from adsync.admin_notices"
    async with open_store(url) as store:
        await store.acquire_lease(STREAMS)
        await store.mark_failed(ReauthRequired("log in"), None)
        await store.mark_failed(PermanentError("still"), None)
        assert one(url, query) == ([True],)
        await store.mark_ok(STREAMS)
        assert one(url, query) == ([False],)
        assert set(rows(url, "status, consecutive_failures, error_class, retry_at")) == {("ok", 0, None, None)}
        await store.mark_failed(ReauthRequired("again"), None)
        assert one(url, query) == ([False, True],)


async def test_a_long_message_is_truncated(url):
    async with open_store(url) as store:
        await store.acquire_lease(STREAMS)
        await store.mark_failed(PermanentError("x" * 5000), None)
    assert set(rows(url, "length(error_message)")) == {(sync_state.MAX_MESSAGE_LENGTH,)}


async def test_unchanged_account_info_is_not_written_again(url):
    async with open_store(url) as store:
        await store.save_account_info(AccountInfo("Acme", "USD", "Europe/London"))
        query = "select name, currency, timezone, xmin::text from adsync.accounts"
        before = one(url, query)
        assert before[:3] == ("Acme", "USD", "Europe/London")
        await store.save_account_info(AccountInfo("Acme", "USD", "Europe/London"))
        assert one(url, query) == before
