"""Journeys of WooCommerce's orders: one touch, the last non-direct source of the browser's session.

It has the quirks of the script that records it. A function draws one journey; its name is the journey's kind.
"""

from __future__ import annotations

from datetime import timedelta

from adsync_sandbox.generator.ads.campaigns import Campaign
from adsync_sandbox.generator.orders.market_context import OrderContext
from adsync_sandbox.generator.orders.store_orders import DrawJourney
from adsync_sandbox.generator.orders.visits import (
    CLICK_IDS,
    DAMAGED,
    MACROS,
    REFERRERS,
    SOURCES,
    SPELLINGS,
    UNKNOWN,
    Journey,
    Utm,
    Visit,
    click_id,
    link,
)

# Names of former campaigns as the store's script leaves them: plus kept, cut at "=" or "|", "%20" deleted.
MANGLED = ("Eid+Offers+2024", "national", "EidOffers2024", "founding")
CUT_AT = set("=|")


def _session(
    context: OrderContext, utm: Utm, query: dict[str, str], carrier: str, referrer: str | None = None
) -> Journey:
    at = context.placed_at - timedelta(seconds=context.rng.randint(20, 5_400))
    entry = link(context.shop, context.rng, query)
    return Journey((Visit(f"{context.number}:session", at, entry, referrer, carrier, utm),), carrier=carrier)


def _tagged(
    context: OrderContext, platform: str, source: str | None, campaign: str, utm_id: str | None = None
) -> Journey:
    utm = Utm(source, "paid_social" if source else None, campaign, id=utm_id)
    query = {f"utm_{name}": value for name, value in vars(utm).items() if value}
    clicked = {CLICK_IDS[platform]: click_id(context.rng)} if source else {}
    return _session(context, utm, {**query, **clicked}, "utm", REFERRERS[platform])


def _from(context: OrderContext, chosen: Campaign, campaign: str, utm_id: str | None = None) -> Journey:
    platform = chosen.account.platform
    return _tagged(context, platform, context.rng.choice(SOURCES[platform]), campaign, utm_id)


def id_in_utm_campaign(context: OrderContext) -> Journey:
    chosen = context.campaign()
    return _from(context, chosen, chosen.id)


def id_in_utm_id(context: OrderContext) -> Journey:
    chosen = context.campaign()
    return _from(context, chosen, "sale", chosen.id)


def name_in_utm_campaign(context: OrderContext) -> Journey:
    """A name that the script does not cut; one with a bar is replaced by the id."""
    chosen = context.campaign()
    if CUT_AT & set(chosen.name):
        return _from(context, chosen, chosen.id)
    kept = [spell for spell in SPELLINGS if not {"%", *CUT_AT} & set(spell(context.rng, "a b-c"))]
    return _from(context, chosen, context.rng.choice(kept)(context.rng, chosen.name).strip())


def doubled_source(context: OrderContext) -> Journey:
    chosen = context.campaign()
    return _tagged(context, chosen.account.platform, "fb,fb", chosen.id)


def campaign_without_source(context: OrderContext) -> Journey:
    chosen = context.campaign()
    return _tagged(context, chosen.account.platform, None, chosen.id)


def written_twice(context: OrderContext) -> Journey:
    """The key occurs twice in meta_data; the entry with the highest meta id is valid."""
    return id_in_utm_campaign(context)


def campaign_id_in_entry(context: OrderContext) -> Journey:
    return _session(context, Utm("(direct)"), {"campaign_id": context.campaign().id}, "typein")


def tags_of_the_app(context: OrderContext) -> Journey:
    """The store's mobile app sets the tags without a session: utm_only."""
    chosen = context.campaign()
    source = context.rng.choice(SOURCES[chosen.account.platform])
    return Journey(None, attributes=(("utm_source", source), ("utm_campaign", chosen.id)), carrier="mobile_app")


def mangled_name(context: OrderContext) -> Journey:
    return _session(context, Utm("facebook", "paid_social", context.rng.choice(MANGLED)), {}, "utm")


def unexpanded_macro(context: OrderContext) -> Journey:
    return _tagged(context, "meta", "facebook", context.rng.choice([one for one in MACROS if "%" not in one]))


def damaged_id(context: OrderContext) -> Journey:
    return _tagged(context, "meta", "facebook", context.rng.choice(DAMAGED))


def unknown_campaign(context: OrderContext) -> Journey:
    return _tagged(context, "snapchat", "snapchat", context.rng.choice(UNKNOWN))


def shared_name(context: OrderContext) -> Journey:
    return _session(context, Utm(campaign=context.campaign_with_shared_name().name), {}, "utm")


def campaign_of_another_workspace(context: OrderContext) -> Journey:
    chosen = context.foreign_campaign()
    return _from(context, chosen, chosen.id)


def click_id_alone(context: OrderContext) -> Journey:
    """The script does not read the click ids of ad platforms."""
    key = context.rng.choice(tuple(CLICK_IDS.values()))
    return _session(context, Utm("(direct)"), {key: click_id(context.rng)}, "typein")


def google_click_id(context: OrderContext) -> Journey:
    return _session(context, Utm("google", "cpc", "google_cpc"), {"gclid": click_id(context.rng)}, "utm")


def typed_in(context: OrderContext) -> Journey:
    return _session(context, Utm("(direct)"), {}, "typein")


def found_by_search(context: OrderContext) -> Journey:
    return _session(context, Utm("google", "organic"), {}, "organic", "https://www.google.com/")


def referred(context: OrderContext) -> Journey:
    utm = Utm("l.instagram.com", "referral", content="/")
    return _session(context, utm, {"fbclid": click_id(context.rng)}, "referral", "https://l.instagram.com/")


def nothing_known(_context: OrderContext) -> Journey:
    return Journey(None)


def by_staff(_context: OrderContext) -> Journey:
    return Journey(None, carrier="admin")


# In parts of all orders.
JOURNEYS: dict[DrawJourney, int] = {
    id_in_utm_campaign: 230,
    id_in_utm_id: 90,
    name_in_utm_campaign: 120,
    doubled_source: 25,
    campaign_without_source: 20,
    written_twice: 20,
    campaign_id_in_entry: 25,
    tags_of_the_app: 30,
    mangled_name: 30,
    unexpanded_macro: 15,
    damaged_id: 10,
    unknown_campaign: 25,
    shared_name: 15,
    campaign_of_another_workspace: 10,
    click_id_alone: 50,
    google_click_id: 20,
    typed_in: 120,
    found_by_search: 50,
    referred: 40,
    nothing_known: 40,
    by_staff: 15,
}
