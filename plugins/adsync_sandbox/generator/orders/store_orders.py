"""Orders of a store platform with statuses, each drawn from its own chance, independent of the others.

A platform gives a `StoreModel`: how an order's life reads in its statuses, and what is known of its source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.generator.chance import chance, happens, wobble
from adsync_sandbox.generator.days import each_day, today
from adsync_sandbox.generator.money import exchange
from adsync_sandbox.generator.orders.market_context import Market, OrderContext
from adsync_sandbox.generator.orders.order_lifecycle import Narrate, OrderState, draw_lifecycle, state_at
from adsync_sandbox.generator.orders.visits import Journey

CUSTOMERS = 3_000
SECONDS_A_DAY = 86_400
EPOCH = date(2024, 1, 1).toordinal()

DrawJourney = Callable[[OrderContext], Journey]


@dataclass(frozen=True)
class StoreModel:
    """How orders of a platform come about; `journeys` are the kinds of journeys with their parts of all orders."""

    narrate: Narrate
    journeys: Mapping[DrawJourney, int]
    has_drafts: bool = True


@dataclass(frozen=True)
class StoreOrder:
    """One order as of now; cents of the store. `number` is the one people see, `id` the API's."""

    store: Store
    id: int
    number: int
    placed_at: datetime
    total: int
    customer: int | None
    draft: bool
    state: OrderState
    journey: Journey
    kind: str


def draw_store_orders(market: Market, first: date, model: StoreModel) -> tuple[StoreOrder, ...]:
    """Returns the store's orders from the first day up to now, by time."""
    last = today(market.store.timezone, market.now)
    found = [order for day in each_day(first, last) for order in _orders_of(market, day, model)]
    return tuple(sorted(found, key=lambda order: (order.placed_at, order.id)))


def draw_journey(kinds: Mapping[DrawJourney, int], context: OrderContext) -> tuple[str, Journey]:
    """Draws a kind and a journey of that kind; a kind's name is its function's."""
    kind = context.rng.choices(tuple(kinds), tuple(kinds.values()))[0]
    return kind.__name__, kind(context)


def moment_within(rng: Random, day: date, timezone: str) -> datetime:
    """Draws a moment of the local day, in UTC."""
    midnight = datetime.combine(day, time(), ZoneInfo(timezone))
    return (midnight + timedelta(seconds=rng.randrange(SECONDS_A_DAY))).astimezone(UTC)


def _orders_of(market: Market, day: date, model: StoreModel) -> Iterator[StoreOrder]:
    many = wobble(chance(market.seed, market.store.id, day), market.orders_a_day, 200)
    for n in range(many):
        rng = chance(market.seed, market.store.id, day, n)
        placed_at = moment_within(rng, day, market.store.timezone)
        if placed_at <= market.now:
            yield _order(market, rng, placed_at, (day.toordinal() - EPOCH) * 1000 + n, model)


def _order(market: Market, rng: Random, placed_at: datetime, number: int, model: StoreModel) -> StoreOrder:
    store = market.store
    serial = store.number * 10**8 + number
    total = exchange(wobble(rng, 8_500, 600), "USD", store.currency)
    customer = None if happens(rng, 150) else rng.randrange(1, CUSTOMERS)
    life = draw_lifecycle(rng, placed_at, total)
    context = OrderContext(rng, store.id + store.path, serial, placed_at, market)
    kind, journey = draw_journey(model.journeys, context)
    return StoreOrder(
        store=store,
        id=serial,
        number=number,
        placed_at=placed_at,
        total=total,
        customer=customer,
        draft=life.draft and model.has_drafts,
        state=state_at(market.now, life, model.narrate(life)),
        journey=journey,
        kind=kind,
    )
