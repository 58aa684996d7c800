"""Journeys of Salla's orders: UTM tags on the order itself, in one of two containers, without a time.

A function draws one journey; its name is the journey's kind.
"""

from __future__ import annotations

from uuid import UUID

from adsync_sandbox.generator.orders.market_context import OrderContext
from adsync_sandbox.generator.orders.store_orders import DrawJourney
from adsync_sandbox.generator.orders.visits import DAMAGED, MACROS, SOURCES, SPELLINGS, UNKNOWN, Journey


def nothing_known(_context: OrderContext) -> Journey:
    return Journey(None)


def by_staff(_context: OrderContext) -> Journey:
    return Journey(None, carrier="admin")


def _on_order(context: OrderContext, platform: str, campaign: str, carrier: str = "source_details") -> Journey:
    source = context.rng.choice(SOURCES[platform])
    tags = (("utm_source", source), ("utm_medium", "paid"), ("utm_campaign", campaign))
    ad = str(UUID(int=context.rng.getrandbits(128), version=4))
    return Journey(None, attributes=(*tags, ("utm_content", ad)), carrier=carrier)


def id_on_the_order(context: OrderContext) -> Journey:
    chosen = context.campaign()
    return _on_order(context, chosen.account.platform, chosen.id)


def id_in_capitals(context: OrderContext) -> Journey:
    chosen = context.campaign()
    return _on_order(context, chosen.account.platform, chosen.id.upper())


def name_on_the_order(context: OrderContext) -> Journey:
    chosen = context.campaign()
    return _on_order(context, chosen.account.platform, context.rng.choice(SPELLINGS)(context.rng, chosen.name))


def in_the_other_container(context: OrderContext) -> Journey:
    """The tags are in `campaign`, and source_details has none."""
    chosen = context.campaign()
    return _on_order(context, chosen.account.platform, chosen.id, "campaign")


def macro_on_the_order(context: OrderContext) -> Journey:
    return _on_order(context, "snapchat", context.rng.choice(MACROS))


def damaged_on_the_order(context: OrderContext) -> Journey:
    return _on_order(context, "meta", context.rng.choice(DAMAGED))


def unknown_on_the_order(context: OrderContext) -> Journey:
    return _on_order(context, "snapchat", context.rng.choice(UNKNOWN))


def foreign_id_on_the_order(context: OrderContext) -> Journey:
    chosen = context.foreign_campaign()
    return _on_order(context, chosen.account.platform, chosen.id)


def source_direct(_context: OrderContext) -> Journey:
    return Journey(None, carrier="direct")


# In thousandths of all orders.
JOURNEYS: dict[DrawJourney, int] = {
    id_on_the_order: 380,
    id_in_capitals: 40,
    name_on_the_order: 160,
    in_the_other_container: 60,
    macro_on_the_order: 15,
    damaged_on_the_order: 10,
    unknown_on_the_order: 45,
    foreign_id_on_the_order: 15,
    source_direct: 190,
    by_staff: 45,
    nothing_known: 40,
}
