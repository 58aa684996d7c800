"""Orders of WooCommerce, Salla and Zid stores, drawn one by one: each from its own chance, whatever the others are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.generator.chance import chance, happens, wobble
from adsync_sandbox.generator.days import each_day, today
from adsync_sandbox.generator.life import State, draw_life, state
from adsync_sandbox.generator.money import exchange
from adsync_sandbox.generator.orders import CUSTOMERS, SECONDS_OF_SHOPPING, Market
from adsync_sandbox.generator.scene import Scene
from adsync_sandbox.generator.sessions import draw_session
from adsync_sandbox.generator.visits import Journey

EPOCH = date(2024, 1, 1).toordinal()


@dataclass(frozen=True)
class Sale:
    """One order as of now; cents of the store. `number` is the one people see, `id` the API's."""

    store: Store
    id: int
    number: int
    placed_at: datetime
    total: int
    customer: int | None
    draft: bool
    state: State
    journey: Journey
    kind: str


def sales_between(market: Market, first: date) -> tuple[Sale, ...]:
    """The store's orders from the first day up to now, by time."""
    last = today(market.store.timezone, market.now)
    found = [sale for day in each_day(first, last) for sale in _sales_of(market, day)]
    return tuple(sorted(found, key=lambda sale: (sale.placed_at, sale.id)))


def _sales_of(market: Market, day: date) -> Iterator[Sale]:
    midnight = datetime.combine(day, time(), ZoneInfo(market.store.timezone))
    many = wobble(chance(market.seed, market.store.id, day), market.orders_a_day, 200)
    for n in range(many):
        rng = chance(market.seed, market.store.id, day, n)
        placed_at = (midnight + timedelta(seconds=rng.randrange(SECONDS_OF_SHOPPING))).astimezone(UTC)
        if placed_at <= market.now:
            yield _sale(market, Scene(rng, _shop(market.store), 0, placed_at, market.running, market.elsewhere), day, n)


def _shop(store: Store) -> str:
    return store.id + store.path if store.platform == "woocommerce" else store.id


def _sale(market: Market, scene: Scene, day: date, n: int) -> Sale:
    store, rng = market.store, scene.rng
    number = (day.toordinal() - EPOCH) * 1000 + n
    serial = store.number * 10**8 + number
    total = exchange(wobble(rng, 8_500, 600), "USD", store.currency)
    customer = None if happens(rng, 150) else rng.randrange(1, CUSTOMERS)
    life = draw_life(rng, scene.placed_at, total)
    scene = Scene(rng, scene.shop, serial, scene.placed_at, scene.running, scene.elsewhere)
    kind, journey = draw_session(store.platform, scene)
    return Sale(
        store=store,
        id=serial,
        number=number,
        placed_at=scene.placed_at,
        total=total,
        customer=customer,
        draft=life.draft and store.platform != "zid",
        state=state(store.platform, life, market.now),
        journey=journey,
        kind=kind,
    )
