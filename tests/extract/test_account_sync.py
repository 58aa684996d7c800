"""Snapchat and three store platforms synced from the sandbox to a real warehouse."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import psycopg
import pytest

import sandbox_fixtures
from adsync import registry
from adsync.extract.context import SyncEnvironment
from adsync.extract.runner import SyncRequest, sync_accounts
from adsync.ranges import DateRange
from adsync.warehouse import migrations
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.server.behavior import Behavior
from sandbox_fixtures import NOW, served, world

SNAPCHAT, WOO, SALLA, ZID = "8adc3db7-8148-4fbf-999c-8d2266369d01", "shop.nakhla.example", "1305146709", "394106"
STORES = [("woocommerce", WOO), ("salla", SALLA), ("zid", ZID)]
EVERY = [("snapchat", SNAPCHAT), *STORES]
TODAY = world().today("Asia/Riyadh")


@pytest.fixture
def sync(monkeypatch, warehouse_url):
    """Syncs one account and returns the result."""
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    migrations.migrate(warehouse_url, registry.streams())
    sandbox_fixtures.link(warehouse_url)

    def sync(source, account_id, *faults, now=NOW, **more):
        behavior = more.pop("behavior", None)
        with served(faults, behavior=behavior) as base:
            environment = SyncEnvironment(
                warehouse_url, lambda conn_id: sandbox_fixtures.credentials(conn_id, base), lambda: now
            )
            request = SyncRequest(source, (account_id,), f"run {now}", respect_backoff=False, **more)
            (result,) = asyncio.run(sync_accounts(request, environment)).accounts
        return result

    sync.url = warehouse_url
    return sync


def stored(sync, table):
    with psycopg.connect(sync.url) as connection:
        return dict(connection.execute(f"select record_key, loaded_at from raw.{table}").fetchall())


def rejected(sync):
    with psycopg.connect(sync.url) as connection:
        return dict(connection.execute("select record_key, reason from raw.rejected_records").fetchall())


def sold(store):
    hidden = {"checkout-draft", "auto-draft"}
    return {str(one.id) for one in world().store_orders(store) if one.state.status not in hidden}


@pytest.mark.parametrize(("source", "store"), STORES)
def test_a_first_sync_loads_every_order_and_a_second_one_writes_nothing(sync, source, store):
    assert sync(source, store).error is None
    first = stored(sync, f"{source}_orders")
    assert set(first) == sold(store)
    result = sync(source, store, now=NOW + timedelta(hours=1))
    assert (result.error, result.load_stats.changed) == (None, 0)
    assert stored(sync, f"{source}_orders") == first


def test_a_first_sync_of_snapchat_loads_every_campaign_day(sync):
    assert sync("snapchat", SNAPCHAT).error is None
    days = {f"{row.campaign.id}:{row.date}" for row in world().deliveries(SNAPCHAT)}
    assert set(stored(sync, "snapchat_campaign_metrics")) == days


@pytest.mark.parametrize(("source", "store"), STORES)
def test_requested_days_are_read_again(sync, source, store):
    sync(source, store)
    requested = DateRange(TODAY - timedelta(days=10), TODAY)
    assert sync(source, store, now=NOW + timedelta(hours=1), days=requested).error is None
    assert set(stored(sync, f"{source}_orders")) == sold(store)


def test_the_history_of_a_store_without_a_change_filter_takes_one_call_per_order(sync):
    result = sync("salla", SALLA)
    assert len(sold(SALLA)) <= result.call_stats.calls <= len(sold(SALLA)) + 10


def test_a_later_sync_of_a_store_without_a_change_filter_compares_with_stored_orders(sync):
    sync("salla", SALLA)
    assert sync("salla", SALLA, now=NOW + timedelta(hours=1)).call_stats.calls <= 5


def test_an_order_that_crashes_its_site_is_rejected_and_all_others_are_stored(sync):
    unreadable = sorted(sold(WOO))[3]
    result = sync("woocommerce", WOO, Fault("woocommerce", "poisoned_order", field=f'"id":{unreadable},'))
    assert result.error is None
    assert result.notes == ("orders: 1 rejected (see raw.rejected_records)",)
    assert set(stored(sync, "woocommerce_orders")) == sold(WOO) - {unreadable}
    assert rejected(sync) == {
        unreadable: f"the site crashes on order {unreadable}: its host's error log names the plugin"
    }
    assert sync("woocommerce", WOO, now=NOW + timedelta(hours=1)).error is None
    assert set(stored(sync, "woocommerce_orders")) == sold(WOO)
    assert rejected(sync) == {}


BAD = [("woocommerce", WOO, "date_created_gmt"), ("zid", ZID, "payment_status")]


@pytest.mark.parametrize(("source", "store", "field"), BAD)
def test_a_bad_order_is_rejected_until_it_reads(sync, source, store, field):
    sync(source, store)
    keys = sorted(stored(sync, f"{source}_orders"))
    with psycopg.connect(sync.url) as connection:
        connection.execute(f"delete from raw.{source}_orders where record_key = %s", (keys[1],))
    spoil = Fault(source, "null_field", field=field, record=keys[1])
    days = DateRange(TODAY - timedelta(days=39), TODAY)
    result = sync(source, store, spoil, now=NOW + timedelta(hours=1), days=days)
    assert (result.error, list(rejected(sync))) == (None, [keys[1]])
    assert sorted(stored(sync, f"{source}_orders")) == [keys[0], *keys[2:]]
    assert sync(source, store, now=NOW + timedelta(hours=2)).error is None
    assert sorted(stored(sync, f"{source}_orders")) == keys
    assert rejected(sync) == {}


@pytest.mark.parametrize(("source", "account_id"), [each for each in EVERY if each[0] != "woocommerce"])
def test_a_token_that_expires_during_a_sync_is_refreshed(sync, source, account_id):
    result = sync(source, account_id, Fault(source, "token_dies", calls=(2,)), behavior=Behavior())
    assert result.error is None
