"""Journeys of Shopify's orders: every case that last-click attribution must distinguish, in given proportions.

A function draws one journey; its name is the journey's kind, which only tests see.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from urllib.parse import quote

from adsync_sandbox.generator.chance import happens
from adsync_sandbox.generator.orders.market_context import WINDOW, OrderContext
from adsync_sandbox.generator.orders.store_orders import DrawJourney
from adsync_sandbox.generator.orders.visits import (
    DAMAGED,
    MACROS,
    REFERRERS,
    SOURCES,
    UNKNOWN,
    Journey,
    Utm,
    Visit,
    click_id,
    respelled,
)

SECOND = timedelta(seconds=1)
NAMELESS = ("(direct)", "(none)", "(not set)", "direct")


def _visited(*visits: Visit) -> Journey:
    return Journey(tuple(sorted(visits, key=lambda visit: visit.occurred_at)))


def _by_id(context: OrderContext, ago: timedelta) -> Visit:
    chosen = context.campaign()
    return context.ad_visit(ago, chosen.account.platform, chosen.id)


def id_in_utm_campaign(context: OrderContext) -> Journey:
    return _visited(_by_id(context, context.delay()))


def name_in_utm_campaign(context: OrderContext) -> Journey:
    chosen = context.campaign()
    return _visited(context.ad_visit(context.delay(), chosen.account.platform, respelled(context.rng, chosen.name)))


def name_without_source(context: OrderContext) -> Journey:
    tag = respelled(context.rng, context.campaign().name)
    return _visited(context.visit(context.delay(), {"utm_campaign": tag}, utm=Utm(campaign=tag), source="unknown"))


def utm_id_in_landing_page(context: OrderContext) -> Journey:
    chosen = context.campaign()
    source = context.rng.choice(SOURCES[chosen.account.platform])
    name = context.rng.choice((chosen.name, quote(chosen.name), "sale"))
    return _visited(
        context.unread_visit(context.delay(), {"utm_source": source, "utm_campaign": name, "utm_id": chosen.id})
    )


def name_in_landing_page(context: OrderContext) -> Journey:
    chosen = context.campaign()
    source = context.rng.choice(SOURCES[chosen.account.platform])
    name = quote(chosen.name) if happens(context.rng, 400) else chosen.name
    return _visited(context.unread_visit(context.delay(), {"utm_source": source, "utm_campaign": name}))


def campaign_id_in_query(context: OrderContext) -> Journey:
    return _visited(context.unread_visit(context.delay(), {"campaign_id": context.campaign().id}))


def several_touches(context: OrderContext) -> Journey:
    ages = [context.delay() for _ in range(context.rng.randint(2, 3))]
    return _visited(*(_by_id(context, age) for age in ages))


def later_direct_visit(context: OrderContext) -> Journey:
    ago = context.delay()
    return _visited(_by_id(context, ago), context.visit(ago / 2))


def many_visits(context: OrderContext) -> Journey:
    """More visits than one page of moments; the second is the ad, the others are direct."""
    earlier, came, *later = (timedelta(hours=6 * n + 1) for n in range(14, 0, -1))
    return _visited(context.visit(earlier), _by_id(context, came), *(context.visit(age) for age in later))


def touch_after_order(context: OrderContext) -> Journey:
    late = _by_id(context, -timedelta(seconds=context.rng.randint(1, 3600)))
    return _visited(late, _by_id(context, context.delay())) if happens(context.rng, 300) else _visited(late)


def exactly_at_the_edge(context: OrderContext) -> Journey:
    return _visited(_by_id(context, WINDOW))


def a_second_past_the_edge(context: OrderContext) -> Journey:
    return _visited(_by_id(context, WINDOW + SECOND))


def long_before(context: OrderContext) -> Journey:
    return _visited(_by_id(context, timedelta(days=context.rng.randint(8, 20))))


def unexpanded_macro(context: OrderContext) -> Journey:
    return _visited(context.ad_visit(context.delay(), "meta", context.rng.choice(MACROS)))


def damaged_id(context: OrderContext) -> Journey:
    return _visited(context.ad_visit(context.delay(), "meta", context.rng.choice(DAMAGED)))


def unknown_campaign(context: OrderContext) -> Journey:
    return _visited(
        context.ad_visit(context.delay(), context.rng.choice(("meta", "tiktok")), context.rng.choice(UNKNOWN))
    )


def nameless_campaign(context: OrderContext) -> Journey:
    tag = context.rng.choice(NAMELESS)
    return _visited(context.visit(context.delay(), {"utm_campaign": tag}, utm=Utm(source="(direct)", campaign=tag)))


def shared_name(context: OrderContext) -> Journey:
    """A name that two campaigns have; every other order has a referrer that names the platform."""
    tag = context.campaign_with_shared_name().name
    known = {"source": "unknown", "referrer": REFERRERS["meta"] if context.number % 2 else None}
    return _visited(context.visit(context.delay(), {"utm_campaign": tag}, utm=Utm(campaign=tag), **known))


def campaign_of_another_workspace(context: OrderContext) -> Journey:
    """The id of a campaign of another workspace, which must not be matched."""
    chosen = context.foreign_campaign()
    return _visited(context.ad_visit(context.delay(), chosen.account.platform, chosen.id))


def click_id_alone(context: OrderContext) -> Journey:
    clicked = click_id(context.rng)
    visit = context.unread_visit(context.delay(), {"fbclid": clicked})
    return Journey((visit,), attributes=(("fbclid", clicked), ("_fbp", "fb.1.0.1")))


def direct(context: OrderContext) -> Journey:
    return _visited(*(context.visit(context.delay()) for _ in range(context.rng.randint(1, 2))))


def found_by_search(context: OrderContext) -> Journey:
    return _visited(context.visit(context.delay(), referrer="https://www.google.com/", source="google"))


def no_journey(context: OrderContext) -> Journey:
    note = (("gift_note", "كل عام وأنتم بخير"),) if happens(context.rng, 200) else ()
    return Journey(None, attributes=note)


def tags_on_the_order(context: OrderContext) -> Journey:
    """No journey, but a theme wrote the tags into the order: utm_only."""
    chosen = context.campaign()
    source = context.rng.choice(SOURCES[chosen.account.platform])
    tag = chosen.id if happens(context.rng, 500) else respelled(context.rng, chosen.name)
    return Journey(
        None, attributes=(("utm_source", source), ("utm_campaign", tag), ("gift_note", "Happy housewarming"))
    )


def not_ready(context: OrderContext) -> Journey:
    """The later journey is drawn from its own chance, so that the other orders do not change."""
    later = replace(context, rng=Random(context.number))
    return Journey(None, ready=False, later=(_by_id(later, later.delay()),))


# In thousandths of all orders.
JOURNEYS: dict[DrawJourney, int] = {
    id_in_utm_campaign: 235,
    name_in_utm_campaign: 160,
    name_without_source: 30,
    utm_id_in_landing_page: 80,
    name_in_landing_page: 50,
    campaign_id_in_query: 35,
    several_touches: 60,
    later_direct_visit: 60,
    many_visits: 4,
    touch_after_order: 8,
    exactly_at_the_edge: 5,
    a_second_past_the_edge: 5,
    long_before: 14,
    unexpanded_macro: 14,
    damaged_id: 8,
    unknown_campaign: 22,
    nameless_campaign: 8,
    shared_name: 12,
    campaign_of_another_workspace: 10,
    click_id_alone: 35,
    direct: 60,
    found_by_search: 30,
    no_journey: 30,
    tags_on_the_order: 17,
    not_ready: 8,
}
