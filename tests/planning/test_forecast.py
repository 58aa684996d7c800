"""Forecasts compared with the recorded syncs, with the sandbox at full size; and the fewest calls a sync takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import httpx
import psycopg
import pytest

import sandbox_fixtures
from adsync.extract.context import SyncEnvironment
from adsync.extract.runner import SyncRequest, sync_accounts
from adsync.planning.forecast import ForecastRequest, forecast
from adsync.ranges import DateRange
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.generator.world import World
from adsync_sandbox.server.behavior import Behavior
from sandbox_fixtures import ACCOUNT, META, NOW, served

DAYS = 30
WHOLE_PAGES = Behavior(short_first_pages=False)
HOUR = timedelta(hours=1)


@cache
def large():
    """Five hundred campaigns that deliver on each of thirty days; the sandbox adds the last three itself."""
    return World.create(7, NOW, days=DAYS, orders=0, campaigns_per_account=497)


@cache
def busy():
    """Stores with more than ten thousand orders each."""
    return World.create(7, NOW, days=DAYS, orders=375, sales=375)


@cache
def quiet():
    """Stores small enough for one call per order."""
    return World.create(7, NOW, days=DAYS, orders=40, sales=5)


@dataclass(frozen=True)
class Case:
    """An account in a world, and the most calls that its first and its next hourly sync may take."""

    source: str
    world: Callable[[], World]
    first: int
    hour: int


CASES = [
    # One call each for the account's own spend; TikTok's GMV Max takes one for its campaigns and one for its shops.
    Case("meta", large, 18, 4),
    Case("tiktok", large, 21, 6),
    Case("snapchat", large, 5, 3),
    Case("shopify", busy, 210, 6),
    Case("woocommerce", busy, 110, 4),
    Case("salla", quiet, 170, 5),
    Case("zid", quiet, 6, 2),
    Case("shopify", quiet, 25, 3),
    Case("woocommerce", quiet, 7, 4),
]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source}-{case.world.__name__}")


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(warehouse_url, *ACCOUNT.values(), history_days=DAYS)
    return warehouse_url


@contextmanager
def sandbox(url, case, *faults):
    with served(faults, known=case.world(), behavior=WHOLE_PAGES) as base:
        yield base, url


def environment(base, url, now=NOW):
    return SyncEnvironment(url, lambda conn_id: sandbox_fixtures.credentials(conn_id, base), lambda: now)


def forecast_one(ready, source, now=NOW):
    [estimate] = asyncio.run(forecast(ForecastRequest(source, (ACCOUNT[source],)), environment(*ready, now)))
    return estimate


def sync_one(ready, source, run_id, now=NOW):
    """The recorded calls and rows of one sync; the sandbox must have counted the same calls."""
    before = counted(ready[0], source)
    request = SyncRequest(source, (ACCOUNT[source],), run_id)
    asyncio.run(sync_accounts(request, environment(*ready, now))).raise_for_failures()
    with psycopg.connect(ready[1]) as connection:
        [(calls, rows)] = connection.execute(
            "select calls, rows_seen from adsync.sync_runs where run_id = %s", (run_id,)
        ).fetchall()
    assert counted(ready[0], source) - before == calls
    return calls, rows


def counted(base, source):
    return httpx.get(f"{base}/calls").json()[source]


@every_case
def test_a_first_and_an_hourly_sync_take_the_fewest_calls_and_match_the_forecast(url, case):
    with sandbox(url, case) as ready:
        before = forecast_one(ready, case.source)
        lists = 2 if case.source in {"woocommerce", "tiktok"} else 1
        assert before.note.endswith(f"counted at the platform (calls: {lists})")
        assert counted(ready[0], case.source) == lists
        calls, rows = sync_one(ready, case.source, "first")
        assert calls <= case.first
        assert before.calls == pytest.approx(calls, rel=0.1)
        assert before.rows == pytest.approx(rows, rel=0.1)

        later = NOW + HOUR
        before = forecast_one(ready, case.source, later)
        calls, rows = sync_one(ready, case.source, "hour", later)
        assert calls <= case.hour
        assert before.calls == pytest.approx(calls, rel=0.1)
        assert before.note == ""


def test_an_expired_token_costs_snapchat_the_rejected_call_and_the_refresh(url):
    """Once its expiry is known, it is refreshed before the first call."""
    with sandbox(url, Case("snapchat", quiet, 0, 0), Fault("snapchat", "token_dies", calls=(1,))) as ready:
        first, _ = sync_one(ready, "snapchat", "first")
        hour, _ = sync_one(ready, "snapchat", "hour", NOW + HOUR)
    assert (first, hour) == (6, 3 + 1)


def test_an_account_whose_campaigns_cannot_be_counted_has_no_numbers(url):
    with psycopg.connect(url) as connection:
        connection.execute("update adsync.accounts set conn_id = 'meta_juniper' where native_id = %s", (META,))
    with sandbox(url, Case("meta", large, 0, 0)) as ready:
        estimate = forecast_one(ready, "meta")
    assert not estimate.is_complete
    assert estimate.note.startswith("number of campaigns unknown: ad account act_901234567891: meta error 200")
    assert [stream.calls for stream in estimate.streams] == [1, None, None, 0]


def test_a_store_whose_host_removes_the_count_has_no_numbers(url):
    with sandbox(url, Case("woocommerce", quiet, 0, 0), Fault("woocommerce", "headers_stripped")) as ready:
        estimate = forecast_one(ready, "woocommerce")
    assert estimate.note == "number of orders unknown: not stated by the platform"
    assert [stream.calls for stream in estimate.streams] == [2, None]


def test_requested_days_are_the_counted_ones(url):
    requested = DateRange(NOW.date() - timedelta(days=9), NOW.date())
    with sandbox(url, Case("zid", quiet, 0, 0)) as ready:
        forecast_request = ForecastRequest("zid", (ACCOUNT["zid"],), requested)
        [estimate] = asyncio.run(forecast(forecast_request, environment(*ready)))
        request = SyncRequest("zid", (ACCOUNT["zid"],), "requested", days=requested)
        [outcome] = asyncio.run(sync_accounts(request, environment(*ready))).accounts
    assert estimate.calls == outcome.call_stats.calls
    assert estimate.rows == pytest.approx(outcome.load_stats.seen, rel=0.1)
