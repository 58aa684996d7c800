"""How orders come about: every way that last-click attribution must tell apart, in given proportions.

A function draws one journey; its name is its kind, which tests use and no platform ever sees.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate
from random import Random
from urllib.parse import quote

from adsync_sandbox.generator.chance import happens
from adsync_sandbox.generator.scene import WINDOW, Scene
from adsync_sandbox.generator.visits import REFERRERS, SOURCES, Journey, Utm, Visit, click_id, dressed

SECOND = timedelta(seconds=1)
MACROS = ("{{campaign.name}}", "__CAMPAIGN_NAME__", "%7B%7Bcampaign.id%7D%7D", "_CAMPAIGN_NAME_")
DAMAGED = ("1.2E+17", "1.20210123456780E+17", "1.80001E+15")
UNKNOWN = ("influencer_spring", "newsletter-42", "120299999999999999", "خصم الصيف القديم", "riyadh_nov")
NAMELESS = ("(direct)", "(none)", "(not set)", "direct")


def _told(*visits: Visit) -> Journey:
    return Journey(tuple(sorted(visits, key=lambda visit: visit.occurred_at)))


def _by_id(scene: Scene, ago: timedelta) -> Visit:
    chosen = scene.campaign()
    return scene.ad_visit(ago, chosen.account.platform, chosen.id)


def id_in_utm_campaign(scene: Scene) -> Journey:
    return _told(_by_id(scene, scene.before()))


def name_in_utm_campaign(scene: Scene) -> Journey:
    chosen = scene.campaign()
    return _told(scene.ad_visit(scene.before(), chosen.account.platform, dressed(scene.rng, chosen.name)))


def name_without_source(scene: Scene) -> Journey:
    tag = dressed(scene.rng, scene.campaign().name)
    return _told(scene.visit(scene.before(), {"utm_campaign": tag}, utm=Utm(campaign=tag), source="unknown"))


def utm_id_in_landing_page(scene: Scene) -> Journey:
    chosen = scene.campaign()
    source = scene.rng.choice(SOURCES[chosen.account.platform])
    name = scene.rng.choice((chosen.name, quote(chosen.name), "sale"))
    return _told(scene.unread_visit(scene.before(), {"utm_source": source, "utm_campaign": name, "utm_id": chosen.id}))


def name_in_landing_page(scene: Scene) -> Journey:
    chosen = scene.campaign()
    source = scene.rng.choice(SOURCES[chosen.account.platform])
    name = quote(chosen.name) if happens(scene.rng, 400) else chosen.name
    return _told(scene.unread_visit(scene.before(), {"utm_source": source, "utm_campaign": name}))


def campaign_id_in_query(scene: Scene) -> Journey:
    return _told(scene.unread_visit(scene.before(), {"campaign_id": scene.campaign().id}))


def several_touches(scene: Scene) -> Journey:
    ages = [scene.before() for _ in range(scene.rng.randint(2, 3))]
    return _told(*(_by_id(scene, age) for age in ages))


def later_direct_visit(scene: Scene) -> Journey:
    ago = scene.before()
    return _told(_by_id(scene, ago), scene.visit(ago / 2))


def many_visits(scene: Scene) -> Journey:
    """More visits than a page of moments holds; the ad came second, the rest were direct."""
    earlier, came, *later = (timedelta(hours=6 * n + 1) for n in range(14, 0, -1))
    return _told(scene.visit(earlier), _by_id(scene, came), *(scene.visit(age) for age in later))


def touch_after_order(scene: Scene) -> Journey:
    late = _by_id(scene, -timedelta(seconds=scene.rng.randint(1, 3600)))
    return _told(late, _by_id(scene, scene.before())) if happens(scene.rng, 300) else _told(late)


def exactly_at_the_edge(scene: Scene) -> Journey:
    return _told(_by_id(scene, WINDOW))


def a_second_past_the_edge(scene: Scene) -> Journey:
    return _told(_by_id(scene, WINDOW + SECOND))


def long_before(scene: Scene) -> Journey:
    return _told(_by_id(scene, timedelta(days=scene.rng.randint(8, 20))))


def unexpanded_macro(scene: Scene) -> Journey:
    return _told(scene.ad_visit(scene.before(), "meta", scene.rng.choice(MACROS)))


def damaged_id(scene: Scene) -> Journey:
    return _told(scene.ad_visit(scene.before(), "meta", scene.rng.choice(DAMAGED)))


def unknown_campaign(scene: Scene) -> Journey:
    return _told(scene.ad_visit(scene.before(), scene.rng.choice(("meta", "tiktok")), scene.rng.choice(UNKNOWN)))


def nameless_campaign(scene: Scene) -> Journey:
    tag = scene.rng.choice(NAMELESS)
    return _told(scene.visit(scene.before(), {"utm_campaign": tag}, utm=Utm(source="(direct)", campaign=tag)))


def shared_name(scene: Scene) -> Journey:
    """A name two campaigns carry; every other time a referrer tells the platform, else nothing does."""
    tag = scene.shared_name().name
    known = {"source": "unknown", "referrer": REFERRERS["meta"] if scene.number % 2 else None}
    return _told(scene.visit(scene.before(), {"utm_campaign": tag}, utm=Utm(campaign=tag), **known))


def somebody_elses_campaign(scene: Scene) -> Journey:
    """The id of a campaign of another workspace: it must stay there."""
    chosen = scene.campaign(scene.elsewhere)
    return _told(scene.ad_visit(scene.before(), chosen.account.platform, chosen.id))


def click_id_alone(scene: Scene) -> Journey:
    clicked = click_id(scene.rng)
    visit = scene.unread_visit(scene.before(), {"fbclid": clicked})
    return Journey((visit,), attributes=(("fbclid", clicked), ("_fbp", "fb.1.0.1")))


def direct(scene: Scene) -> Journey:
    return _told(*(scene.visit(scene.before()) for _ in range(scene.rng.randint(1, 2))))


def found_by_search(scene: Scene) -> Journey:
    return _told(scene.visit(scene.before(), referrer="https://www.google.com/", source="google"))


def no_journey(scene: Scene) -> Journey:
    note = (("gift_note", "كل عام وأنتم بخير"),) if happens(scene.rng, 200) else ()
    return Journey(None, attributes=note)


def tags_on_the_order(scene: Scene) -> Journey:
    """No journey, but a theme wrote the tags into the order: utm_only."""
    chosen = scene.campaign()
    source = scene.rng.choice(SOURCES[chosen.account.platform])
    tag = chosen.id if happens(scene.rng, 500) else dressed(scene.rng, chosen.name)
    return Journey(
        None, attributes=(("utm_source", source), ("utm_campaign", tag), ("gift_note", "Happy housewarming"))
    )


def not_ready(scene: Scene) -> Journey:
    """What it will be once it is ready is drawn aside, so that no other order changes by it."""
    later = replace(scene, rng=Random(scene.number))
    return Journey(None, ready=False, later=(_by_id(later, later.before()),))


# In thousandths of all orders.
PROPORTIONS: dict[Callable[[Scene], Journey], int] = {
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
    somebody_elses_campaign: 10,
    click_id_alone: 35,
    direct: 60,
    found_by_search: 30,
    no_journey: 30,
    tags_on_the_order: 17,
    not_ready: 8,
}
KINDS = tuple(PROPORTIONS)
SUMS = tuple(accumulate(PROPORTIONS.values()))


def draw_journey(scene: Scene) -> tuple[str, Journey]:
    """A kind and a journey of that kind."""
    kind = scene.rng.choices(KINDS, cum_weights=SUMS)[0]
    return kind.__name__, kind(scene)
