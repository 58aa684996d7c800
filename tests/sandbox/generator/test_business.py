from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from adsync_sandbox.expected.normalizing import normalized
from adsync_sandbox.generator.accounts import WORKSPACES
from adsync_sandbox.generator.world import World


def test_the_business_has_the_documented_size(world):
    campaigns = [one for account in world.ad_accounts for one in world.campaigns(account.id)]
    assert len(world.workspaces) >= 3
    assert len(world.ad_accounts) + len(world.stores) == 19
    assert len({one.id for one in campaigns}) == len(campaigns) >= 120
    assert sum(len(world.store_orders(store.id)) for store in world.stores_of("shopify")) >= 20_000


def test_each_account_has_120_days_up_to_its_own_today(world):
    for account in world.ad_accounts:
        days = {row.date for row in world.deliveries(account.id)}
        today = world.today(account.timezone)
        assert (min(days), max(days), len(days)) == (today - timedelta(days=119), today, 120)


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
    for store in start.stores_of("shopify"):
        now_known = {order.id: order for order in later.store_orders(store.id)}
        for order in start.store_orders(store.id):
            then, now = order, now_known[order.id]
            assert (then.total, then.placed_at, then.journey) == (now.total, now.placed_at, now.journey)
            assert then.payment.updated_at <= now.payment.updated_at
            if then.payment.updated_at == now.payment.updated_at:
                assert then.payment == now.payment


def test_nothing_happens_after_now(world):
    for store in world.stores_of("shopify"):
        for order in world.store_orders(store.id):
            assert order.placed_at <= order.payment.updated_at <= world.now


def test_some_orders_change_days_after_they_were_placed(world):
    late = Counter(
        order.payment.status
        for store in world.stores_of("shopify")
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
            where.setdefault(normalized(campaign.name), []).append(account)
    shared = [accounts for accounts in where.values() if len(accounts) > 1]
    assert any(len({one.workspace_id for one in accounts}) > 1 for accounts in shared)
    assert any(_same_workspace(accounts, lambda one: one.platform) for accounts in shared)
    assert any(_same_workspace(accounts, lambda one: one.id) for accounts in shared)


def _same_workspace(accounts, what):
    return any(len({what(one) for one in accounts if one.workspace_id == ws.id}) > 1 for ws in WORKSPACES)


def test_every_payment_status_and_every_kind_of_order_occurs(world):
    orders = [order for store in world.stores_of("shopify") for order in world.store_orders(store.id)]
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


def test_a_naive_datetime_is_rejected(world):
    with pytest.raises(ValueError, match="zone-aware"):
        World.create(1, world.now.replace(tzinfo=None))


def test_orders_of_small_stores_only_move_forward_too(world):
    start = World.create(3, world.now, days=20, orders=0, sales=8)
    later = World.create(3, world.now + timedelta(days=5), days=25, orders=0, sales=8)
    for store in start.stores:
        if store.platform == "shopify":
            continue
        now_known = {sale.id: sale for sale in later.store_orders(store.id)}
        for then in start.store_orders(store.id):
            now = now_known[then.id]
            assert (then.total, then.placed_at, then.journey) == (now.total, now.placed_at, now.journey)
            assert then.placed_at <= then.state.updated_at <= min(now.state.updated_at, start.now)
            if then.state.updated_at == now.state.updated_at:
                assert then.state == now.state


def test_snapchat_ids_are_uuids_and_its_days_follow_daylight_saving(world):
    zones = {one.timezone for one in world.accounts_of("snapchat")}
    assert "America/New_York" in zones
    for account in world.accounts_of("snapchat"):
        assert all(str(UUID(one.id)) == one.id for one in world.campaigns(account.id))
