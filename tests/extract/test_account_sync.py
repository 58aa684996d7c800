"""The four younger platforms from the sandbox into a real warehouse: what the reader adds to an adapter."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import psycopg
import pytest

import sandbox_fixtures
from adsync import registry
from adsync.errors import Unreadable
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
def bring(monkeypatch, warehouse_url):
    """Bring one account up to date; the outcome, how many calls it took, and rows by key."""
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    migrations.migrate(warehouse_url, registry.streams())
    sandbox_fixtures.link(warehouse_url)

    def bring(source, account_id, *faults, now=NOW, **more):
        behavior = more.pop("behavior", None)
        with served(faults, behavior=behavior) as base:
            environment = SyncEnvironment(
                warehouse_url, lambda conn_id: sandbox_fixtures.credentials(conn_id, base), lambda: now
            )
            request = SyncRequest(source, (account_id,), f"run {now}", respect_backoff=False, **more)
            (outcome,) = asyncio.run(sync_accounts(request, environment)).accounts
        return outcome

    bring.url = warehouse_url
    return bring


def stored(bring, table):
    with psycopg.connect(bring.url) as connection:
        return dict(connection.execute(f"select record_key, loaded_at from raw.{table}").fetchall())


def sold(store):
    hidden = {"checkout-draft", "auto-draft"}
    return {str(one.id) for one in world().store_orders(store) if one.state.status not in hidden}


@pytest.mark.parametrize(("source", "store"), STORES)
def test_a_first_sync_brings_every_order_and_a_second_one_writes_nothing(bring, source, store):
    assert bring(source, store).error is None
    first = stored(bring, f"{source}_orders")
    assert set(first) == sold(store)
    outcome = bring(source, store, now=NOW + timedelta(hours=1))
    assert (outcome.error, outcome.load_stats.changed) == (None, 0)
    assert stored(bring, f"{source}_orders") == first


def test_a_first_sync_of_snapchat_brings_every_campaign_day(bring):
    assert bring("snapchat", SNAPCHAT).error is None
    days = {f"{row.campaign.id}:{row.date}" for row in world().deliveries(SNAPCHAT)}
    assert set(stored(bring, "snapchat_campaign_metrics")) == days


@pytest.mark.parametrize(("source", "store"), STORES)
def test_days_asked_for_by_name_are_read_again_and_move_no_watermark(bring, source, store):
    bring(source, store)
    window = DateRange(TODAY - timedelta(days=10), TODAY)
    assert bring(source, store, now=NOW + timedelta(hours=1), days=window).error is None
    assert set(stored(bring, f"{source}_orders")) == sold(store)


def test_history_of_a_store_without_a_filter_is_read_order_by_order_once(bring):
    outcome = bring("salla", SALLA)
    assert len(sold(SALLA)) <= outcome.call_stats.calls <= len(sold(SALLA)) + 10


def test_an_increment_of_a_store_without_a_filter_asks_what_is_stored(bring):
    bring("salla", SALLA)
    assert bring("salla", SALLA, now=NOW + timedelta(hours=1)).call_stats.calls <= 5


def test_an_order_that_cannot_be_read_is_told_when_all_the_others_are_stored(bring):
    lost = sorted(sold(WOO))[3]
    outcome = bring("woocommerce", WOO, Fault("woocommerce", "poisoned_order", field=f'"id":{lost},'))
    assert isinstance(outcome.error, Unreadable)
    assert set(stored(bring, "woocommerce_orders")) == sold(WOO) - {lost}


@pytest.mark.parametrize(("source", "account_id"), [each for each in EVERY if each[0] != "woocommerce"])
def test_a_token_that_ends_in_the_middle_is_renewed_and_the_sync_goes_on(bring, source, account_id):
    outcome = bring(source, account_id, Fault(source, "token_dies", calls=(2,)), behavior=Behavior())
    assert outcome.error is None
