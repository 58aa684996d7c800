"""One seeded invented business as it stands at a given moment; the platforms' APIs only read it.

Everything is worked out on first use and kept: an account nobody asks about costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from adsync.sandbox.inventing.accounts import AD_ACCOUNTS, STORES, WORKSPACES, AdAccount, Store, Workspace
from adsync.sandbox.inventing.campaigns import Campaign, campaigns_between
from adsync.sandbox.inventing.days import today
from adsync.sandbox.inventing.delivery import Delivery, deliveries
from adsync.sandbox.inventing.orders import Market, Order, orders_between
from adsync.sandbox.inventing.scene import roster

# The longest look back of a journey: campaigns that ended before the window may have brought its first orders.
EARLIER = timedelta(days=30)
HISTORY_DAYS = 120
ORDERS_A_DAY = 60


@dataclass(frozen=True)
class World:
    """The business at `now` (zone-aware), with `days` of history up to and including each account's today.

    `orders` is how many a shop gets a day. Amounts are whole cents of the account's or shop's currency.
    """

    seed: int
    now: datetime
    days: int = HISTORY_DAYS
    orders: int = ORDERS_A_DAY

    @classmethod
    def create(cls, seed: int, now: datetime, *, days: int = HISTORY_DAYS, orders: int = ORDERS_A_DAY) -> World:
        if now.tzinfo is None:
            raise ValueError("the world needs a zone-aware now")
        return cls(seed, now.replace(microsecond=0), days, orders)

    @property
    def workspaces(self) -> tuple[Workspace, ...]:
        return WORKSPACES

    @property
    def ad_accounts(self) -> tuple[AdAccount, ...]:
        return AD_ACCOUNTS

    @property
    def stores(self) -> tuple[Store, ...]:
        return STORES

    def today(self, timezone: str) -> date:
        return today(timezone, self.now)

    def first_day(self, timezone: str) -> date:
        return self.today(timezone) - timedelta(days=self.days - 1)

    def campaigns(self, account_id: str) -> tuple[Campaign, ...]:
        """The account's campaigns that ran inside its window, whatever became of them."""
        return self._campaigns[account_id]

    def deliveries(self, account_id: str) -> tuple[Delivery, ...]:
        """Every campaign-day with delivery, by day."""
        return self._deliveries[account_id]

    def store_orders(self, store_id: str) -> tuple[Order, ...]:
        return self._orders[store_id]

    @cached_property
    def _campaigns(self) -> dict[str, tuple[Campaign, ...]]:
        return {one.id: self._running_since(one, timedelta()) for one in self.ad_accounts}

    @cached_property
    def _deliveries(self) -> dict[str, tuple[Delivery, ...]]:
        return {
            one.id: deliveries(self.seed, self.campaigns(one.id), self.first_day(one.timezone), self.now)
            for one in self.ad_accounts
        }

    @cached_property
    def _orders(self) -> dict[str, tuple[Order, ...]]:
        return {store.id: self._orders_of(store) for store in self.stores}

    def _orders_of(self, store: Store) -> tuple[Order, ...]:
        ours = [one for one in self.ad_accounts if one.workspace_id == store.workspace_id]
        theirs = [one for one in self.ad_accounts if one.workspace_id != store.workspace_id]
        running, elsewhere = (
            roster(tuple(campaign for one in side for campaign in self._running_since(one, EARLIER)))
            for side in (ours, theirs)
        )
        market = Market(self.seed, store, running, elsewhere, self.orders, self.now)
        # A day short of the history, so that no zone's first day is cut.
        return orders_between(market, self.first_day(store.timezone) + timedelta(days=1))

    def _running_since(self, account: AdAccount, earlier: timedelta) -> tuple[Campaign, ...]:
        first = self.first_day(account.timezone) - earlier
        return campaigns_between(self.seed, account, first, self.today(account.timezone))
