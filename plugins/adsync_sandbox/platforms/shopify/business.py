"""Shopify's orders, drawn day by day of the shop's own zone; today's only up to now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.generator.chance import chance, happens, wobble
from adsync_sandbox.generator.days import each_day, today
from adsync_sandbox.generator.money import exchange
from adsync_sandbox.generator.orders.market_context import Market, OrderContext
from adsync_sandbox.generator.orders.payments import draw_payment_plan
from adsync_sandbox.generator.orders.store_orders import CUSTOMERS, draw_journey, moment_within
from adsync_sandbox.generator.orders.visits import Journey
from adsync_sandbox.platforms.shopify.journeys import JOURNEYS
from adsync_sandbox.platforms.shopify.payments import Payment, settle


@dataclass(frozen=True)
class Order:
    """One order as of now; cents of the shop, `presented` in cents of the buyer's currency."""

    store: Store
    id: str
    name: str
    placed_at: datetime
    total: int
    presented: int
    presentment: str
    test: bool
    customer: str | None
    customer_index: int | None
    payment: Payment
    journey: Journey
    kind: str


def draw_orders(market: Market, first: date) -> tuple[Order, ...]:
    """Returns the shop's orders from the first day up to now, by time."""
    last = today(market.store.timezone, market.now)
    found = [order for day in each_day(first, last) for order in _orders_of(market, day)]
    return tuple(sorted(found, key=lambda order: (order.placed_at, order.id)))


def _orders_of(market: Market, day: date) -> Iterator[Order]:
    rng = chance(market.seed, market.store.id, day)
    for n in range(wobble(rng, market.orders_a_day, 100)):
        placed_at = moment_within(rng, day, market.store.timezone)
        order = _order(market, rng, placed_at, day.toordinal() * 1000 + n)
        if order.placed_at <= market.now:
            yield order


def _order(market: Market, rng: Random, placed_at: datetime, number: int) -> Order:
    store = market.store
    total = exchange(wobble(rng, 8_500, 600), "USD", store.currency)
    presentment = store.abroad if happens(rng, 150) else store.currency
    test = happens(rng, 10)
    customer = None if happens(rng, 150) else rng.randrange(CUSTOMERS)
    index = 0 if happens(rng, 700) else rng.randint(1, 6)
    plan = draw_payment_plan(rng, placed_at, total)
    serial = store.number * 10**9 + number
    kind, journey = draw_journey(JOURNEYS, OrderContext(rng, store.id, serial, placed_at, market))
    return Order(
        store=store,
        id=f"gid://shopify/Order/{serial}",
        name=f"#{number}",
        placed_at=placed_at,
        total=total,
        presented=exchange(total, store.currency, presentment),
        presentment=presentment,
        test=test,
        customer=None if customer is None else f"gid://shopify/Customer/{store.number}{customer:06d}",
        customer_index=None if test else index,
        payment=settle(plan, placed_at, total, market.now),
        journey=journey,
        kind=kind,
    )
