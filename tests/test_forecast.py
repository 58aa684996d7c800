"""The plan before and the journal after, over the sandbox at full size; and the fewest calls that it takes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import cache
from pathlib import Path

import httpx
import psycopg
import pytest

import sandboxed
from adsync import accounts, registry, warehouse, workspaces
from adsync.access import Environment
from adsync.forecast import Question, forecast
from adsync.sandbox import files
from adsync.sandbox.app import Manners
from adsync.sandbox.world import World
from adsync.sync import SyncRequest, sync_accounts
from sandboxed import META, NOW, TIKTOK, served

WHOLE_PAGES = Manners(short_first_pages=False)
ADS = [("meta", META, 17), ("tiktok", TIKTOK, 18)]
an_ad_account = pytest.mark.parametrize(("source", "account_id", "most"), ADS)


@cache
def large():
    """Five hundred campaigns that deliver on each of thirty days: the sandbox adds the last three by itself."""
    return World.create(7, NOW, days=30, orders=0, campaigns_per_account=497)


@pytest.fixture
def ready(monkeypatch, warehouse_url):
    """The large world over HTTP, its two ad accounts linked; yields base and warehouse."""
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandboxed.new_key())
    document = files.workspaces(large())
    for workspace in document["workspaces"]:
        workspace |= {"history_days": 30, "stores": []}
        workspace["ad_accounts"] = [one for one in workspace["ad_accounts"] if one["account_id"] in {META, TIKTOK}]
    sources = {name: registry.load(name) for name in ("meta", "tiktok")}
    with warehouse.connect_now(warehouse_url) as connection:
        accounts.store(connection, workspaces.checked(document, "test", sources), Path("test"))
    with served(known=large(), manners=WHOLE_PAGES) as base:
        yield base, warehouse_url


def environment(base, url, now=NOW):
    return Environment(url, lambda conn_id: sandboxed.credentials(conn_id, base), lambda: now)


def planned(ready, source, account_id, now=NOW):
    [estimate] = asyncio.run(forecast(Question(source, (account_id,)), environment(*ready, now)))
    return estimate


def synced(ready, source, account_id, run_id, now=NOW):
    """The calls of one sync, as the journal has them; the sandbox counted the same."""
    before = counted(ready[0], source)
    request = SyncRequest(source, (account_id,), run_id)
    asyncio.run(sync_accounts(request, environment(*ready, now))).raise_for_failures()
    with psycopg.connect(ready[1]) as connection:
        [(calls, rows)] = connection.execute(
            "select calls, rows_seen from adsync.sync_runs where run_id = %s", (run_id,)
        ).fetchall()
    assert counted(ready[0], source) - before == calls
    return calls, rows


def counted(base, source):
    return httpx.get(f"{base}/calls").json()[source]


@an_ad_account
def test_a_first_sync_and_an_hourly_increment_take_the_fewest_calls_and_as_many_as_planned(
    ready, source, account_id, most
):
    before = planned(ready, source, account_id)
    calls, rows = synced(ready, source, account_id, "first")
    assert calls <= most
    assert before.calls == pytest.approx(calls, rel=0.1)
    assert before.rows == pytest.approx(rows, rel=0.1)
    assert before.note == "its campaigns were counted just now"

    later = NOW + timedelta(hours=1)
    before = planned(ready, source, account_id, later)
    calls, rows = synced(ready, source, account_id, "hour", later)
    assert calls <= 3
    assert before.calls == pytest.approx(calls, rel=0.1)
    assert before.rows == pytest.approx(rows, rel=0.1)
    assert before.note == ""


def test_an_account_whose_campaigns_cannot_be_counted_has_a_plan_without_numbers(ready):
    base, url = ready
    with psycopg.connect(url) as connection:
        connection.execute("update adsync.accounts set conn_id = 'meta_juniper' where native_id = %s", (META,))
    estimate = planned((base, url), "meta", META)
    assert not estimate.complete
    assert estimate.note.startswith("its campaigns are unknown: meta error 200")
    assert [step.calls for step in estimate.steps] == [1, None, None, 0]
