"""SIGKILL while any page is awaited: the next run completes, and nothing is half, lost or doubled."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
from datetime import timedelta

import httpx
import psycopg
import pytest

import sandboxed
from adsync import registry
from adsync.access import Environment
from adsync.sandbox.faults import Fault
from adsync.sources import meta_listing, shopify
from adsync.sync import SyncRequest, sync_accounts
from sandboxed import META, NOW, SHOPIFY, served, world

# Small pages, so that a unit has several of them.
PAGES = {"meta": (meta_listing, 120), "shopify": (shopify, 25)}
ACCOUNTS = {"meta": META, "shopify": SHOPIFY}
TABLES = {"meta": "meta_campaign_metrics", "shopify": "shopify_orders"}
# How many calls a first sync makes: each is a page to be killed at.
CALLS = {"meta": 8, "shopify": 10}
EVERY_PAGE = [(source, call) for source, calls in CALLS.items() for call in range(1, calls + 1)]


@pytest.fixture
def url(monkeypatch, warehouse_url):
    for module, size in PAGES.values():
        monkeypatch.setattr(module, "PAGE_SIZE", size)
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandboxed.new_key())
    sandboxed.link(warehouse_url, META, SHOPIFY)
    return warehouse_url


def sync(url, base, source, run_id):
    environment = Environment(url, lambda conn_id: sandboxed.credentials(conn_id, base), lambda: NOW)
    return asyncio.run(sync_accounts(SyncRequest(source, (ACCOUNTS[source],), run_id), environment))


def rows(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def calls(base, source):
    return httpx.get(f"{base}/calls").json()[source]


def killed_at(url, base, source, call):
    """Sync in a process of its own, and kill it when the platform has been asked that often."""
    process = multiprocessing.get_context("fork").Process(target=sync, args=(url, base, source, "killed"))
    process.start()
    deadline = time.time() + 30
    while calls(base, source) < call:
        assert time.time() < deadline
        assert process.is_alive()
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL


def known(source):
    if source == "meta":
        return {f"{row.campaign.id}:{row.date}" for row in world().deliveries(META)}
    return {one.id for one in world().store_orders(SHOPIFY)}


def committed(url, source):
    """What the state says is there: the keys of every unit that was finished."""
    stream = registry.load(source).streams[-1].name
    since, through, cursor = rows(
        url, f"select covered_from, covered_through, cursor from adsync.sync_state where stream = '{stream}'"
    )[0]
    if source == "meta":
        covered = world().deliveries(META) if since else []
        return {f"{row.campaign.id}:{row.date}" for row in covered if since <= row.date <= through}
    start = cursor.get("since")
    orders = world().store_orders(SHOPIFY) if start else []
    return {one.id for one in orders if one.payment.updated_at.isoformat() >= start}


@pytest.mark.parametrize(("source", "call"), EVERY_PAGE)
def test_a_sync_that_is_killed_at_any_page_is_completed_by_the_next(url, source, call):
    with served([Fault(source, "slow", wait=1.5, calls=(call,))]) as base:
        killed_at(url, base, source, call)
        before = rows(url, f"select record_key, loaded_at from raw.{TABLES[source]}")
        assert {key for key, _ in before} == committed(url, source)
        with psycopg.connect(url) as connection:
            connection.execute("update adsync.sync_state set lease_until = now() - interval '1 second'")
        [outcome] = sync(url, base, source, "next").outcomes
    after = rows(url, f"select record_key, loaded_at from raw.{TABLES[source]}")
    assert outcome.word == "ok"
    assert {key for key, _ in after} == known(source)
    assert len(after) == len(known(source))
    assert set(before) <= set(after)
    ledger = len(known("meta")) if source == "meta" else 0
    assert rows(url, "select count(*) from raw.observations") == [(ledger,)]


@pytest.mark.parametrize("source", CALLS)
def test_these_are_all_pages_there_are(url, source):
    with served() as base:
        sync(url, base, source, "whole")
        assert calls(base, source) == CALLS[source]
    span = rows(url, "select max(covered_through) - min(covered_from) from adsync.sync_state")[0][0]
    assert span >= timedelta(days=sandboxed.DAYS).days - 1
