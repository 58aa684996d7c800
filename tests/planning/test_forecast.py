"""The plan before and the journal after, over the sandbox at full size; and the fewest calls that it takes."""

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
    """Five hundred campaigns that deliver on each of thirty days: the sandbox adds the last three by itself."""
    return World.create(7, NOW, days=DAYS, orders=0, campaigns_per_account=497)


@cache
def busy():
    """Stores of which each has more than ten thousand orders."""
    return World.create(7, NOW, days=DAYS, orders=375, sales=375)


@cache
def quiet():
    """Stores small enough for a call per order."""
    return World.create(7, NOW, days=DAYS, orders=40, sales=5)


@dataclass(frozen=True)
class Case:
    """An account over a world, and the most calls that its first sync and an hour's news may take."""

    source: str
    world: Callable[[], World]
    first: int
    hour: int


CASES = [
    Case("meta", large, 17, 3),
    Case("tiktok", large, 18, 3),
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
    with served(faults, known=case.world(), manners=WHOLE_PAGES) as base:
        yield base, url


def environment(base, url, now=NOW):
    return SyncEnvironment(url, lambda conn_id: sandbox_fixtures.credentials(conn_id, base), lambda: now)


def planned(ready, source, now=NOW):
    [estimate] = asyncio.run(forecast(ForecastRequest(source, (ACCOUNT[source],)), environment(*ready, now)))
    return estimate


def synced(ready, source, run_id, now=NOW):
    """The calls of one sync, as the journal has them; the sandbox counted the same."""
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
def test_a_first_sync_and_an_hourly_increment_take_the_fewest_calls_and_as_many_as_planned(url, case):
    with sandbox(url, case) as ready:
        before = planned(ready, case.source)
        assert before.note.endswith("were counted just now (calls made for it: 1)")
        assert counted(ready[0], case.source) == 1
        calls, rows = synced(ready, case.source, "first")
        assert calls <= case.first
        assert before.calls == pytest.approx(calls, rel=0.1)
        assert before.rows == pytest.approx(rows, rel=0.1)

        later = NOW + HOUR
        before = planned(ready, case.source, later)
        calls, rows = synced(ready, case.source, "hour", later)
        assert calls <= case.hour
        assert before.calls == pytest.approx(calls, rel=0.1)
        assert before.note == ""


def test_a_token_that_has_ended_costs_snapchat_the_call_that_was_refused_and_the_renewal(url):
    """Once its end is known it is renewed before the first call."""
    with sandbox(url, Case("snapchat", quiet, 0, 0), Fault("snapchat", "token_dies", calls=(1,))) as ready:
        first, _ = synced(ready, "snapchat", "first")
        hour, _ = synced(ready, "snapchat", "hour", NOW + HOUR)
    assert (first, hour) == (6, 3 + 1)


def test_an_account_whose_campaigns_cannot_be_counted_has_a_plan_without_numbers(url):
    with psycopg.connect(url) as connection:
        connection.execute("update adsync.accounts set conn_id = 'meta_juniper' where native_id = %s", (META,))
    with sandbox(url, Case("meta", large, 0, 0)) as ready:
        estimate = planned(ready, "meta")
    assert not estimate.complete
    assert estimate.note.startswith("its campaigns are unknown: meta error 200")
    assert [step.calls for step in estimate.steps] == [1, None, None, 0]


def test_a_store_whose_host_takes_the_count_away_has_a_plan_without_numbers(url):
    with sandbox(url, Case("woocommerce", quiet, 0, 0), Fault("woocommerce", "headers_stripped")) as ready:
        estimate = planned(ready, "woocommerce")
    assert estimate.note == "its orders are unknown: the platform does not tell how many there are"
    assert [step.calls for step in estimate.steps] == [2, None]


def test_days_that_were_asked_for_are_those_that_are_counted(url):
    asked = DateRange(NOW.date() - timedelta(days=9), NOW.date())
    with sandbox(url, Case("zid", quiet, 0, 0)) as ready:
        question = ForecastRequest("zid", (ACCOUNT["zid"],), asked)
        [estimate] = asyncio.run(forecast(question, environment(*ready)))
        request = SyncRequest("zid", (ACCOUNT["zid"],), "asked", window=asked)
        [outcome] = asyncio.run(sync_accounts(request, environment(*ready))).outcomes
    assert estimate.calls == outcome.meter.calls
    assert estimate.rows == pytest.approx(outcome.tally.seen, rel=0.1)
