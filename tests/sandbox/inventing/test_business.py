from collections import Counter
from datetime import timedelta
from time import perf_counter

import pytest

from adsync.sandbox.answers.normalising import normalised
from adsync.sandbox.inventing.accounts import WORKSPACES
from adsync.sandbox.world import World


def test_the_business_is_as_large_as_promised(world):
    campaigns = [one for account in world.ad_accounts for one in world.campaigns(account.id)]
    assert len(world.workspaces) >= 3
    assert len(world.ad_accounts) + len(world.stores) >= 12
    assert len({one.id for one in campaigns}) == len(campaigns) >= 120
    assert sum(len(world.store_orders(store.id)) for store in world.stores) >= 20_000


def test_each_account_has_120_days_up_to_its_own_today(world):
    for account in world.ad_accounts:
        days = {row.date for row in world.deliveries(account.id)}
        today = world.today(account.timezone)
        assert (min(days), max(days), len(days)) == (today - timedelta(days=119), today, 120)


def test_a_whole_world_is_quick_to_make(world):
    started = perf_counter()
    fresh = World.create(99, world.now)
    for account in fresh.ad_accounts:
        fresh.deliveries(account.id)
    for store in fresh.stores:
        fresh.store_orders(store.id)
    assert perf_counter() - started < 20, "a generous multiple of what it takes, so that a busy machine passes"


def test_yesterday_does_not_change_when_the_clock_moves_on(world):
    later = World.create(world.seed, world.now + timedelta(days=9), orders=0)
    for account in world.ad_accounts:
        settled = world.today(account.timezone) - timedelta(days=1)
        past = {_id(row): _numbers(row) for row in world.deliveries(account.id) if row.date < settled}
        again = {_id(row): _numbers(row) for row in later.deliveries(account.id)}
        assert {key: again[key] for key in past if key[1] >= later.first_day(account.timezone)} == {
            key: numbers for key, numbers in past.items() if key[1] >= later.first_day(account.timezone)
        }


def _id(row):
    return row.campaign.id, row.date


def _numbers(row):
    return row.impressions, row.clicks, row.spend, row.conversions, row.revenue


def test_orders_only_move_forward_when_the_clock_moves_on(world):
    start = World.create(3, world.now, days=20, orders=20)
    later = World.create(3, world.now + timedelta(days=5), days=25, orders=20)
    for store in start.stores:
        now_known = {order.id: order for order in later.store_orders(store.id)}
        for order in start.store_orders(store.id):
            then, now = order, now_known[order.id]
            assert (then.total, then.placed_at, then.journey) == (now.total, now.placed_at, now.journey)
            assert then.payment.updated_at <= now.payment.updated_at
            if then.payment.updated_at == now.payment.updated_at:
                assert then.payment == now.payment


def test_nothing_happens_after_now(world):
    for store in world.stores:
        for order in world.store_orders(store.id):
            assert order.placed_at <= order.payment.updated_at <= world.now


def test_some_orders_change_days_after_they_were_placed(world):
    late = Counter(
        order.payment.status
        for store in world.stores
        for order in world.store_orders(store.id)
        if order.payment.updated_at - order.placed_at > timedelta(days=1)
    )
    assert {"REFUNDED", "PARTIALLY_REFUNDED", "PAID", "VOIDED"} <= set(late)


def test_campaigns_of_every_status_spend_inside_the_window(world):
    for account in world.ad_accounts:
        spending = {row.campaign.status for row in world.deliveries(account.id)}
        assert {"active", "archived", "deleted"} <= spending


def test_every_deleted_campaign_shows_in_the_statistics(world):
    for account in world.ad_accounts:
        shown = {row.campaign.id for row in world.deliveries(account.id)}
        assert {one.id for one in world.campaigns(account.id) if one.status == "deleted"} <= shown


def test_names_are_shared_between_workspaces_platforms_and_accounts(world):
    where = {}
    for account in world.ad_accounts:
        for campaign in world.campaigns(account.id):
            where.setdefault(normalised(campaign.name), []).append(account)
    shared = [accounts for accounts in where.values() if len(accounts) > 1]
    assert any(len({one.workspace_id for one in accounts}) > 1 for accounts in shared)
    assert any(_same_workspace(accounts, lambda one: one.platform) for accounts in shared)
    assert any(_same_workspace(accounts, lambda one: one.id) for accounts in shared)


def _same_workspace(accounts, what):
    return any(len({what(one) for one in accounts if one.workspace_id == ws.id}) > 1 for ws in WORKSPACES)


def test_every_state_of_payment_and_every_oddity_of_an_order_occurs(world):
    orders = [order for store in world.stores for order in world.store_orders(store.id)]
    assert {order.payment.status for order in orders} == {
        *("PAID", "PENDING", "AUTHORIZED", "PARTIALLY_PAID", "PARTIALLY_REFUNDED", "REFUNDED", "VOIDED")
    }
    assert any(order.payment.status == "PENDING" and "COD" in order.payment.gateways[0] for order in orders)
    assert any(order.payment.status == "PENDING" and "COD" not in order.payment.gateways[0] for order in orders)
    assert any(order.test for order in orders)
    assert any(order.payment.cancelled_at for order in orders)
    assert any(order.customer is None for order in orders)
    assert any(order.presentment != order.store.currency for order in orders)
    assert any(order.customer_index for order in orders)
    assert any(order.journey.visits is None and not order.journey.ready for order in orders)
    assert any(order.journey.visits and len(order.journey.visits) > 10 for order in orders)


def test_a_naive_moment_is_refused(world):
    with pytest.raises(ValueError, match="zone-aware"):
        World.create(1, world.now.replace(tzinfo=None))
