"""One seeded invented business as it stands at a given moment; the platforms' APIs only read it.

Everything is worked out on first use and kept: an account nobody asks about costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from adsync_sandbox.generator.accounts import AD_ACCOUNTS, STORES, WORKSPACES, AdAccount, Store, Workspace
from adsync_sandbox.generator.campaigns import Campaign, campaigns_between
from adsync_sandbox.generator.catalogue import STANDING
from adsync_sandbox.generator.days import today
from adsync_sandbox.generator.delivery import Delivery, deliveries
from adsync_sandbox.generator.orders import Market, Order, orders_between
from adsync_sandbox.generator.sales import Sale, sales_between
from adsync_sandbox.generator.scene import roster

# The longest look back of a journey: campaigns that ended before the window may have brought its first orders.
EARLIER = timedelta(days=30)
HISTORY_DAYS = 120
ORDERS_A_DAY = 60
# WooCommerce, Salla and Zid stores sell a quarter of what a Shopify shop sells.
SMALLER = 4


@dataclass(frozen=True)
class World:
    """The business at `now` (zone-aware), with `days` of history up to and including each account's today.

    `orders` is how many a Shopify shop gets a day, `sales` how many any other store; `more_campaigns` are standing
    ones beyond every account's usual eleven. Amounts are whole cents of the account's or shop's currency.
    """

    seed: int
    now: datetime
    days: int = HISTORY_DAYS
    orders: int = ORDERS_A_DAY
    sales: int = ORDERS_A_DAY // SMALLER
    more_campaigns: int = 0

    @classmethod
    def create(
        cls,
        seed: int,
        now: datetime,
        *,
        days: int = HISTORY_DAYS,
        orders: int = ORDERS_A_DAY,
        sales: int | None = None,
        campaigns_per_account: int = 0,
    ) -> World:
        if now.tzinfo is None:
            raise ValueError("the world needs a zone-aware now")
        several = orders // SMALLER if sales is None else sales
        more = max(0, campaigns_per_account - STANDING)
        return cls(seed, now.replace(microsecond=0), days, orders, several, more)

    @property
    def workspaces(self) -> tuple[Workspace, ...]:
        return WORKSPACES

    @property
    def ad_accounts(self) -> tuple[AdAccount, ...]:
        return AD_ACCOUNTS

    @property
    def stores(self) -> tuple[Store, ...]:
        return STORES

    def stores_of(self, platform: str) -> tuple[Store, ...]:
        return tuple(store for store in self.stores if store.platform == platform)

    def accounts_of(self, platform: str) -> tuple[AdAccount, ...]:
        return tuple(one for one in self.ad_accounts if one.platform == platform)

    def today(self, timezone: str) -> date:
        return today(timezone, self.now)

    def first_day(self, timezone: str) -> date:
        return self.today(timezone) - timedelta(days=self.days - 1)

    def campaigns(self, account_id: str) -> tuple[Campaign, ...]:
        """The account's campaigns that ran inside its window, whatever became of them."""
        return self._once(_campaigns, account_id)

    def deliveries(self, account_id: str) -> tuple[Delivery, ...]:
        """Every campaign-day with delivery, by day."""
        return self._once(_deliveries, account_id)

    def store_orders(self, store_id: str) -> tuple[Order, ...]:
        """A Shopify shop's orders."""
        return self._once(_orders, store_id)

    def store_sales(self, store_id: str) -> tuple[Sale, ...]:
        """The orders of a WooCommerce, Salla or Zid store, drafts and trash included."""
        return self._once(_sales, store_id)

    def _once(self, make: Callable[[World, str], tuple], native_id: str) -> tuple:
        key = (make.__name__, native_id)
        if key not in self._kept:
            self._kept[key] = make(self, native_id)
        return self._kept[key]

    @cached_property
    def _kept(self) -> dict[tuple[str, str], tuple]:
        return {}


def _campaigns(world: World, account_id: str) -> tuple[Campaign, ...]:
    return _running_since(world, _account(world, account_id), timedelta())


def _deliveries(world: World, account_id: str) -> tuple[Delivery, ...]:
    first = world.first_day(_account(world, account_id).timezone)
    return deliveries(world.seed, world.campaigns(account_id), first, world.now)


def _orders(world: World, store_id: str) -> tuple[Order, ...]:
    """Snapchat brings nobody to a Shopify shop of this world: what happened there before it came still holds."""
    store = _store(world, store_id)
    advertisers = [one for one in world.ad_accounts if one.platform != "snapchat"]
    market = _market(world, store, advertisers, world.orders)
    return orders_between(market, _first_full_day(world, store))


def _sales(world: World, store_id: str) -> tuple[Sale, ...]:
    store = _store(world, store_id)
    market = _market(world, store, world.ad_accounts, world.sales, favoured="snapchat")
    return sales_between(market, _first_full_day(world, store))


def _account(world: World, account_id: str) -> AdAccount:
    return next(one for one in world.ad_accounts if one.id == account_id)


def _store(world: World, store_id: str) -> Store:
    return next(store for store in world.stores if store.id == store_id)


def _first_full_day(world: World, store: Store) -> date:
    """A day short of the history, so that no zone's first day is cut."""
    return world.first_day(store.timezone) + timedelta(days=1)


def _market(world: World, store: Store, accounts: Iterable[AdAccount], a_day: int, favoured: str = "") -> Market:
    ours, theirs = [], []
    for one in accounts:
        (ours if one.workspace_id == store.workspace_id else theirs).extend(_running_since(world, one, EARLIER))
    return Market(world.seed, store, roster(tuple(ours), favoured), roster(tuple(theirs)), a_day, world.now)


def _running_since(world: World, account: AdAccount, earlier: timedelta) -> tuple[Campaign, ...]:
    first = world.first_day(account.timezone) - earlier
    return campaigns_between(world.seed, account, first, world.today(account.timezone), more=world.more_campaigns)
