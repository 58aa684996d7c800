"""What Salla knows of how an order came about: UTM on the order itself, in one container or another, no time.

A function draws one journey; its name is its kind.
"""

from __future__ import annotations

from uuid import UUID

from adsync_sandbox.generator.journeys import DAMAGED, MACROS, UNKNOWN
from adsync_sandbox.generator.scene import Scene
from adsync_sandbox.generator.visits import DRESSES, SOURCES, Journey


def nothing_known(_scene: Scene) -> Journey:
    return Journey(None)


def by_staff(_scene: Scene) -> Journey:
    return Journey(None, carrier="admin")


def _on_order(scene: Scene, platform: str, campaign: str, carrier: str = "source_details") -> Journey:
    source = scene.rng.choice(SOURCES[platform])
    tags = (("utm_source", source), ("utm_medium", "paid"), ("utm_campaign", campaign))
    ad = str(UUID(int=scene.rng.getrandbits(128), version=4))
    return Journey(None, attributes=(*tags, ("utm_content", ad)), carrier=carrier)


def id_on_the_order(scene: Scene) -> Journey:
    chosen = scene.campaign()
    return _on_order(scene, chosen.account.platform, chosen.id)


def id_in_capitals(scene: Scene) -> Journey:
    chosen = scene.campaign()
    return _on_order(scene, chosen.account.platform, chosen.id.upper())


def name_on_the_order(scene: Scene) -> Journey:
    chosen = scene.campaign()
    return _on_order(scene, chosen.account.platform, scene.rng.choice(DRESSES)(scene.rng, chosen.name))


def in_the_other_container(scene: Scene) -> Journey:
    """The tags stand in `campaign`, and source_details holds none."""
    chosen = scene.campaign()
    return _on_order(scene, chosen.account.platform, chosen.id, "campaign")


def macro_on_the_order(scene: Scene) -> Journey:
    return _on_order(scene, "snapchat", scene.rng.choice(MACROS))


def damaged_on_the_order(scene: Scene) -> Journey:
    return _on_order(scene, "meta", scene.rng.choice(DAMAGED))


def unknown_on_the_order(scene: Scene) -> Journey:
    return _on_order(scene, "snapchat", scene.rng.choice(UNKNOWN))


def elses_on_the_order(scene: Scene) -> Journey:
    chosen = scene.campaign(scene.elsewhere)
    return _on_order(scene, chosen.account.platform, chosen.id)


def source_direct(_scene: Scene) -> Journey:
    return Journey(None, carrier="direct")


# In thousandths of all orders.
PROPORTIONS = {
    id_on_the_order: 380,
    id_in_capitals: 40,
    name_on_the_order: 160,
    in_the_other_container: 60,
    macro_on_the_order: 15,
    damaged_on_the_order: 10,
    unknown_on_the_order: 45,
    elses_on_the_order: 15,
    source_direct: 190,
    by_staff: 45,
    nothing_known: 40,
}
