"""What WooCommerce knows of how an order came about: one touch; Zid knows nothing, Salla has order_tags.

The touch is the last non-direct source of the browser's session, with the quirks of the script that reads it.
A function draws one journey; its name is its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import accumulate

from adsync_sandbox.generator import order_tags
from adsync_sandbox.generator.campaigns import Campaign
from adsync_sandbox.generator.journeys import DAMAGED, MACROS, UNKNOWN
from adsync_sandbox.generator.scene import Scene
from adsync_sandbox.generator.visits import CLICK_IDS, DRESSES, REFERRERS, SOURCES, Journey, Utm, Visit, click_id, link

# Names of campaigns long gone, as the shop's script leaves them: plus kept, cut at "=" or "|", "%20" deleted.
MANGLED = ("Eid+Offers+2024", "national", "EidOffers2024", "founding")
CUT_AT = set("=|")
Drawn = Callable[[Scene], Journey]


def _session(scene: Scene, utm: Utm, query: dict[str, str], carrier: str, referrer: str | None = None) -> Journey:
    at = scene.placed_at - timedelta(seconds=scene.rng.randint(20, 5_400))
    entry = link(scene.shop, scene.rng, query)
    return Journey((Visit(f"{scene.number}:session", at, entry, referrer, carrier, utm),), carrier=carrier)


def _tagged(scene: Scene, platform: str, source: str | None, campaign: str, utm_id: str | None = None) -> Journey:
    utm = Utm(source, "paid_social" if source else None, campaign, id=utm_id)
    query = {f"utm_{name}": value for name, value in vars(utm).items() if value}
    clicked = {CLICK_IDS[platform]: click_id(scene.rng)} if source else {}
    return _session(scene, utm, {**query, **clicked}, "utm", REFERRERS[platform])


def _from(scene: Scene, chosen: Campaign, campaign: str, utm_id: str | None = None) -> Journey:
    platform = chosen.account.platform
    return _tagged(scene, platform, scene.rng.choice(SOURCES[platform]), campaign, utm_id)


def id_in_utm_campaign(scene: Scene) -> Journey:
    chosen = scene.campaign()
    return _from(scene, chosen, chosen.id)


def id_in_utm_id(scene: Scene) -> Journey:
    chosen = scene.campaign()
    return _from(scene, chosen, "sale", chosen.id)


def name_in_utm_campaign(scene: Scene) -> Journey:
    """A name that the script leaves whole; one with a bar would be cut."""
    chosen = scene.campaign()
    if CUT_AT & set(chosen.name):
        return _from(scene, chosen, chosen.id)
    kept = [dress for dress in DRESSES if not {"%", *CUT_AT} & set(dress(scene.rng, "a b-c"))]
    return _from(scene, chosen, scene.rng.choice(kept)(scene.rng, chosen.name).strip())


def doubled_source(scene: Scene) -> Journey:
    chosen = scene.campaign()
    return _tagged(scene, chosen.account.platform, "fb,fb", chosen.id)


def campaign_without_source(scene: Scene) -> Journey:
    chosen = scene.campaign()
    return _tagged(scene, chosen.account.platform, None, chosen.id)


def written_twice(scene: Scene) -> Journey:
    """The key stands twice in meta_data; the one with the highest meta id is true."""
    return id_in_utm_campaign(scene)


def campaign_id_in_entry(scene: Scene) -> Journey:
    return _session(scene, Utm("(direct)"), {"campaign_id": scene.campaign().id}, "typein")


def tags_of_the_app(scene: Scene) -> Journey:
    """The shop's own mobile app sets the tags and knows no session: utm_only."""
    chosen = scene.campaign()
    source = scene.rng.choice(SOURCES[chosen.account.platform])
    return Journey(None, attributes=(("utm_source", source), ("utm_campaign", chosen.id)), carrier="mobile_app")


def mangled_name(scene: Scene) -> Journey:
    return _session(scene, Utm("facebook", "paid_social", scene.rng.choice(MANGLED)), {}, "utm")


def unexpanded_macro(scene: Scene) -> Journey:
    return _tagged(scene, "meta", "facebook", scene.rng.choice([one for one in MACROS if "%" not in one]))


def damaged_id(scene: Scene) -> Journey:
    return _tagged(scene, "meta", "facebook", scene.rng.choice(DAMAGED))


def unknown_campaign(scene: Scene) -> Journey:
    return _tagged(scene, "snapchat", "snapchat", scene.rng.choice(UNKNOWN))


def shared_name(scene: Scene) -> Journey:
    return _session(scene, Utm(campaign=scene.shared_name().name), {}, "utm")


def somebody_elses_campaign(scene: Scene) -> Journey:
    chosen = scene.campaign(scene.elsewhere)
    return _from(scene, chosen, chosen.id)


def click_id_alone(scene: Scene) -> Journey:
    """Meta's, TikTok's and Snapchat's click ids mean nothing to the script."""
    key = scene.rng.choice(tuple(CLICK_IDS.values()))
    return _session(scene, Utm("(direct)"), {key: click_id(scene.rng)}, "typein")


def google_click_id(scene: Scene) -> Journey:
    return _session(scene, Utm("google", "cpc", "google_cpc"), {"gclid": click_id(scene.rng)}, "utm")


def typed_in(scene: Scene) -> Journey:
    return _session(scene, Utm("(direct)"), {}, "typein")


def found_by_search(scene: Scene) -> Journey:
    return _session(scene, Utm("google", "organic"), {}, "organic", "https://www.google.com/")


def referred(scene: Scene) -> Journey:
    utm = Utm("l.instagram.com", "referral", content="/")
    return _session(scene, utm, {"fbclid": click_id(scene.rng)}, "referral", "https://l.instagram.com/")


def not_exposed(_scene: Scene) -> Journey:
    return Journey(None, carrier="not_exposed")


# In parts of all orders of a platform.
PROPORTIONS: dict[str, dict[Drawn, int]] = {
    "woocommerce": {
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
        somebody_elses_campaign: 10,
        click_id_alone: 50,
        google_click_id: 20,
        typed_in: 120,
        found_by_search: 50,
        referred: 40,
        order_tags.nothing_known: 40,
        order_tags.by_staff: 15,
    },
    "salla": order_tags.PROPORTIONS,
    "zid": {not_exposed: 1},
}
KINDS = {name: (tuple(kinds), tuple(accumulate(kinds.values()))) for name, kinds in PROPORTIONS.items()}


def draw_session(platform: str, scene: Scene) -> tuple[str, Journey]:
    """A kind and a journey of that kind."""
    kinds, sums = KINDS[platform]
    kind = scene.rng.choices(kinds, cum_weights=sums)[0]
    return kind.__name__, kind(scene)
