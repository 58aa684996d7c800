"""One seeded business as of a given moment; the platforms' APIs only read it.

Everything is generated on first use and cached: an account that is never requested costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from adsync_sandbox.generator.accounts import WORKSPACES, AdAccount, Store, Workspace
from adsync_sandbox.generator.ads.campaign_names import STANDING
from adsync_sandbox.generator.ads.campaigns import Campaign, campaigns_between
from adsync_sandbox.generator.ads.delivery import Delivery, deliveries
from adsync_sandbox.generator.days import today
from adsync_sandbox.generator.orders.market_context import Market, running_campaigns
from adsync_sandbox.platforms.registry import AD_ACCOUNTS, ADS, SPECS, STORES, module

# The longest lookback of a journey: campaigns that ended before the window may have brought its first orders.
LOOKBACK = timedelta(days=30)
HISTORY_DAYS = 120
ORDERS_A_DAY = 60
# Small stores sell a quarter of what large ones sell.
SMALLER = 4


@dataclass(frozen=True)
class World:
    """The business at `now` (zone-aware), with `days` of history up to and including each account's today.

    `orders` is the number of orders a large store gets a day, `sales` that of any other; `more_campaigns` are standing
    campaigns beyond each account's usual eleven. Orders whose ids are `deleted` no longer exist. Amounts are whole
    cents of the account's or store's currency.
    """

    seed: int
    now: datetime
    days: int = HISTORY_DAYS
    orders: int = ORDERS_A_DAY
    sales: int = ORDERS_A_DAY // SMALLER
    more_campaigns: int = 0
    deleted: frozenset[str] = frozenset()

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
            raise ValueError(f"invalid `now`: {now.isoformat()} (expected a zone-aware datetime)")
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
        """Returns the account's campaigns that ran inside its window, whatever their status is now."""
        return self._cached(_campaigns, account_id)

    def deliveries(self, account_id: str) -> tuple[Delivery, ...]:
        """Returns every campaign day with delivery, by day."""
        return self._cached(_deliveries, account_id)

    def store_orders(self, store_id: str) -> tuple:
        """Returns a store's orders in its platform's own type, drafts and trash included."""
        return self._cached(_orders, store_id)

    def _cached(self, make: Callable[[World, str], tuple], native_id: str) -> tuple:
        key = (make.__name__, native_id)
        if key not in self._cache:
            self._cache[key] = make(self, native_id)
        return self._cache[key]

    @cached_property
    def _cache(self) -> dict[tuple[str, str], tuple]:
        return {}


def _campaigns(world: World, account_id: str) -> tuple[Campaign, ...]:
    return _running_since(world, _account(world, account_id), timedelta())


def _deliveries(world: World, account_id: str) -> tuple[Delivery, ...]:
    first = world.first_day(_account(world, account_id).timezone)
    return deliveries(world.seed, world.campaigns(account_id), first, world.now)


def _orders(world: World, store_id: str) -> tuple:
    store = next(store for store in world.stores if store.id == store_id)
    # One day later than the history, so that the first day is complete in every zone.
    first = world.first_day(store.timezone) + timedelta(days=1)
    drawn = module(store.platform, "business").draw_orders(_market(world, store), first)
    return tuple(order for order in drawn if str(order.id) not in world.deleted)


def _account(world: World, account_id: str) -> AdAccount:
    return next(one for one in world.ad_accounts if one.id == account_id)


def _market(world: World, store: Store) -> Market:
    stores = SPECS[store.platform].stores
    large = stores is not None and stores.large
    weights = {name: ads.large_store_weight if large else ads.small_store_weight for name, ads in ADS.items()}
    own, foreign = [], []
    for one in world.ad_accounts:
        if weights[one.platform]:
            (own if one.workspace_id == store.workspace_id else foreign).extend(_running_since(world, one, LOOKBACK))
    return Market(
        seed=world.seed,
        store=store,
        running=running_campaigns(tuple(own), weights),
        foreign=running_campaigns(tuple(foreign), {}),
        orders_a_day=world.orders if large else world.sales,
        now=world.now,
    )


def _running_since(world: World, account: AdAccount, earlier: timedelta) -> tuple[Campaign, ...]:
    first = world.first_day(account.timezone) - earlier
    return campaigns_between(world.seed, account, first, world.today(account.timezone), more=world.more_campaigns)
