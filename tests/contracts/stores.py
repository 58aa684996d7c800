"""What the invented world holds of a store, and what its orders carry that must never be kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import sandbox_fixtures
from adsync.models import Account
from adsync.ranges import ONE_DAY, TimeRange
from adsync_sandbox.generator.world import World

# Buyers of the invented business, and what goes with them.
BUYER = ("buyer@example.com", "501234567", "مشتري", "203.0.113", "Palm Street")


def ordered(world: World, account: Account, asked: TimeRange) -> set[str]:
    """A Shopify shop's orders that were updated in the range."""
    orders = world.store_orders(account.account_id)
    return {one.id for one in orders if asked.since <= one.payment.updated_at < asked.until}


def sold(*hidden: str, earlier: timedelta = timedelta()) -> Callable[[World, Account, TimeRange], set[str]]:
    """Another store's orders saved in the range or up to `earlier` before it, without the hidden statuses."""

    def known(world: World, account: Account, asked: TimeRange) -> set[str]:
        sales = world.store_orders(account.account_id)
        return {str(one.id) for one in sales if one.state.status not in hidden and within(one.state.updated_at, asked)}

    def within(at: datetime, asked: TimeRange) -> bool:
        return asked.since - earlier <= at.replace(microsecond=0) < asked.until

    return known


def placed(world: World, account: Account, asked: TimeRange) -> set[str]:
    """Another store's orders created on the days of the range, or one day before or after."""
    zone = ZoneInfo(account.timezone)
    first, last = asked.since.astimezone(zone).date() - ONE_DAY, asked.until.astimezone(zone).date() + ONE_DAY
    sales = world.store_orders(account.account_id)
    return {str(one.id) for one in sales if first <= one.placed_at.astimezone(zone).date() <= last}


@cache
def brief() -> World:
    """So few orders that one page of any platform holds them all."""
    return World.create(7, sandbox_fixtures.NOW, days=20, orders=4)
