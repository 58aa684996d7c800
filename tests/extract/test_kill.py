"""SIGKILL during any call: the next run completes, and no batch is partial, lost or duplicated."""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import signal
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from multiprocessing.process import BaseProcess

import psycopg
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

import contracts
import sandbox_fixtures
from adsync import registry
from adsync.extract import runner
from adsync.extract.context import SyncEnvironment
from adsync.extract.runner import SyncRequest
from adsync.ranges import DateRange, TimeRange
from adsync.sources.base import EntityStream
from adsync_sandbox.generator.world import World
from adsync_sandbox.server.app import create_app
from adsync_sandbox.server.behavior import Behavior
from contracts import stores
from sandbox_fixtures import NOW, serving

DAYS, MAX_DAYS = 6, 3
# Pages so small that a batch has several of them.
PAGE_SIZES = {"meta": 20, "tiktok": 20, "snapchat": 50, "shopify": 8, "woocommerce": 5, "salla": 4, "zid": 3}
MANNERS = Behavior(snapchat_stats_page=6, polls_until_ready=1)
# An advertiser whose app may not create reports.
BY_PAGES = "7000000000000000003"
ACCOUNTS = {**sandbox_fixtures.ACCOUNT, "tiktok": BY_PAGES}
# The number of calls of a first sync; it is killed at each of them.
CALLS = {"meta": 11, "tiktok": 12, "snapchat": 9, "shopify": 8, "woocommerce": 9, "salla": 10, "zid": 6}
# Salla is read by days of creation if nothing is stored to compare with.
COVERED = {"salla": stores.placed}
LEFT = "raw.observations, adsync.sync_state, adsync.sync_runs, adsync.admin_notices"


@cache
def tiny():
    return World.create(7, NOW, days=DAYS, orders=8)


@dataclass
class Killer:
    """The sandbox; at call number `at` it kills the calling process instead of responding."""

    app: ASGIApp
    at: int = 0
    seen: int = 0
    victim: BaseProcess | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen += 1
        if self.victim and self.seen == self.at:
            os.kill(self.victim.pid, signal.SIGKILL)
        await self.app(scope, receive, send)


@pytest.fixture
def url(monkeypatch, warehouse_url):
    for source, size in PAGE_SIZES.items():
        for listed in contracts.of(source).lists.values():
            if "." in listed.page:
                monkeypatch.setattr(importlib.import_module(listed.page), "PAGE_SIZE", size)
        declared = registry.load(source)
        streams = tuple(
            stream if isinstance(stream, EntityStream) else replace(stream, max_days=MAX_DAYS)
            for stream in declared.streams
        )
        module = importlib.import_module(f"adsync.sources.{source}.source")
        monkeypatch.setattr(module, "SOURCE", replace(declared, streams=streams))
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.01)
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(warehouse_url, *ACCOUNTS.values(), history_days=DAYS)
    return warehouse_url


def synced(url, base, source, run_id):
    environment = SyncEnvironment(url, lambda conn_id: sandbox_fixtures.credentials(conn_id, base), lambda: NOW)
    request = SyncRequest(source, (ACCOUNTS[source],), run_id)
    return asyncio.run(runner.sync_until_reported(request, environment, lambda _: None))


def kill_at(killer, url, base, source, call):
    """Syncs in a process of its own that is killed at that call."""
    forked = multiprocessing.get_context("fork")
    known = forked.Event()
    process = forked.Process(target=lambda: known.wait() and synced(url, base, source, "killed"))
    process.start()
    killer.seen, killer.at, killer.victim = 0, call, process
    known.set()
    process.join(30)
    killer.victim = None
    assert process.exitcode == -signal.SIGKILL


def table(source, stream=""):
    return f"raw.{source}_{stream or contracts.of(source).longest}"


def rows(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def stored(url, source, stream=""):
    return rows(url, f"select record_key, loaded_at from {table(source, stream)}")


def known(source, stream):
    """Every key of the generated data."""
    return held(source, contracts.of(source).lists[stream].known, sandbox_fixtures.recent(source, 2 * DAYS))


def held(source, read, asked):
    return read(tiny(), sandbox_fixtures.account(source, ACCOUNTS[source]), asked)


def committed(url, source):
    """The keys that `sync_state` covers: those of every committed batch."""
    stream = contracts.of(source).longest
    [(since, through, cursor)] = rows(
        url, f"select covered_from, covered_through, cursor from adsync.sync_state where stream = '{stream}'"
    )
    if since is None:
        return set()
    asked = DateRange(since, through + timedelta(days=1)) if "since" not in cursor else instants(cursor)
    return held(source, COVERED.get(source, contracts.of(source).lists[stream].known), asked)


def instants(cursor):
    return TimeRange(*(datetime.fromisoformat(cursor[end]) for end in ("since", "through")))


def clear(url, source):
    with psycopg.connect(url) as connection:
        connection.execute(f"truncate {table(source)}, {LEFT}")


@pytest.mark.parametrize("source", CALLS)
def test_a_sync_killed_at_any_call_is_completed_by_the_next(url, source):
    killer = Killer(create_app(tiny(), (), MANNERS))
    with serving(killer) as base:
        for call in range(1, CALLS[source] + 1):
            kill_at(killer, url, base, source, call)
            completed_by_the_next(url, base, source)
            clear(url, source)


def completed_by_the_next(url, base, source):
    before = stored(url, source)
    assert {key for key, _ in before} == committed(url, source)
    with psycopg.connect(url) as connection:
        connection.execute("update adsync.sync_state set lease_until = now() - interval '1 second'")
    [result] = synced(url, base, source, "next").accounts
    after = stored(url, source)
    assert result.outcome == "ok"
    assert set(before) <= set(after)
    assert_whole(url, source)
    observations = len(after) if registry.load(source).kind == "ad_account" else 0
    assert rows(url, "select count(*) from raw.observations") == [(observations,)]


@pytest.mark.parametrize("source", CALLS)
def test_a_first_sync_makes_exactly_these_calls(url, source):
    killer = Killer(create_app(tiny(), (), MANNERS))
    with serving(killer) as base:
        synced(url, base, source, "whole")
    assert killer.seen == CALLS[source]
    assert_whole(url, source)


def assert_whole(url, source):
    for stream in contracts.synced(source):
        assert sorted(key for key, _ in stored(url, source, stream)) == sorted(known(source, stream))
