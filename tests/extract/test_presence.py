"""Orders that were deleted at their store, found by runs that name days: the nightly restate does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

import sandbox_fixtures
from adsync import registry
from adsync.extract.context import SyncEnvironment
from adsync.extract.runner import SyncRequest, sync_accounts
from adsync.planning.forecast import ForecastRequest, forecast
from adsync.ranges import DateRange
from adsync.warehouse import migrations
from adsync_sandbox.faults.script import Fault
from sandbox_fixtures import ACCOUNT, NOW, served, world

STORES = ["woocommerce", "shopify", "salla", "zid"]
LATER = NOW + timedelta(hours=13)
LOOKBACK = DateRange(NOW.date() - timedelta(days=29), NOW.date() + timedelta(days=1))


@pytest.fixture
def sync(monkeypatch, warehouse_url):
    """Syncs the store of a source, in a world where some orders are deleted."""
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    migrations.migrate(warehouse_url, registry.streams())
    sandbox_fixtures.link(warehouse_url)

    def sync(source, *faults, deleted=(), now=NOW, days=None):
        with served(faults, known=replace(world(), deleted=frozenset(deleted))) as base:
            environment = SyncEnvironment(
                warehouse_url, lambda conn_id: sandbox_fixtures.credentials(conn_id, base), lambda: now
            )
            [estimate] = asyncio.run(forecast(ForecastRequest(source, (ACCOUNT[source],), days), environment))
            request = SyncRequest(source, (ACCOUNT[source],), f"run {now}", respect_backoff=False, days=days)
            [result] = asyncio.run(sync_accounts(request, environment)).accounts
        assert result.error is None
        return result, estimate

    sync.url = warehouse_url
    return sync


def marked(sync, source):
    with psycopg.connect(sync.url) as connection:
        return {
            key
            for (key,) in connection.execute(
                f"select record_key from raw.{source}_orders where jsonb_exists(payload, 'adsync_deleted_at')"
            )
        }


def recent_orders(source):
    hidden = {"checkout-draft", "auto-draft"}
    return sorted(
        str(one.id)
        for one in world().store_orders(ACCOUNT[source])
        if one.placed_at > NOW - timedelta(days=25) and getattr(getattr(one, "state", None), "status", "") not in hidden
    )


@pytest.mark.parametrize("source", STORES)
def test_an_order_that_was_deleted_is_marked_by_the_next_restate_and_only_that_one(sync, source):
    gone = {recent_orders(source)[2], recent_orders(source)[-3]}
    sync(source)
    result, _ = sync(source, deleted=gone, now=LATER, days=LOOKBACK)
    assert marked(sync, source) == gone
    assert any("2 deleted at the platform" in note for note in result.notes)
    again, _ = sync(source, deleted=gone, now=LATER + timedelta(days=1), days=LOOKBACK)
    assert not any("deleted" in note for note in again.notes)
    assert marked(sync, source) == gone


@pytest.mark.parametrize("source", STORES)
def test_an_order_that_is_back_is_no_longer_marked(sync, source):
    gone = {recent_orders(source)[1]}
    sync(source)
    sync(source, deleted=gone, now=LATER, days=LOOKBACK)
    assert marked(sync, source) == gone
    sync(source, now=LATER + timedelta(hours=1), days=LOOKBACK)
    assert marked(sync, source) == set()


@pytest.mark.parametrize("source", STORES)
def test_an_hourly_sync_compares_nothing(sync, source):
    sync(source)
    sync(source, deleted={recent_orders(source)[2]}, now=LATER)
    assert marked(sync, source) == set()


@pytest.mark.parametrize("source", STORES)
def test_a_store_that_lists_nothing_loses_no_order(sync, source):
    sync(source)
    result, _ = sync(source, deleted=recent_orders(source), now=LATER, days=LOOKBACK)
    assert marked(sync, source) == set()
    assert any("check that the connection leads to the right store" in note for note in result.notes)


@pytest.mark.parametrize("source", STORES)
def test_the_plan_counts_the_calls_of_the_comparison(sync, source):
    sync(source)
    result, estimate = sync(source, now=LATER, days=LOOKBACK)
    assert estimate.calls == pytest.approx(result.call_stats.calls, abs=2)


def test_a_change_that_the_store_does_not_date_is_found(sync):
    key = recent_orders("woocommerce")[4]
    sync("woocommerce")
    fault = Fault("woocommerce", "unstamped_change", field=key)
    with psycopg.connect(sync.url) as connection:
        # As if the order had changed since without a new date.
        connection.execute(
            'update raw.woocommerce_orders set payload = payload || \'{"total": "0.01"}\' where record_key = %s', (key,)
        )
    sync(
        "woocommerce", fault, now=LATER, days=DateRange(NOW.date() - timedelta(days=29), NOW.date() + timedelta(days=1))
    )
    with psycopg.connect(sync.url) as connection:
        query = "select payload ->> 'status' from raw.woocommerce_orders where record_key = %s"
        assert connection.execute(query, (key,)).fetchone() == ("cancelled",)
