"""The stage on which an order's journey is drawn: its shop, its moment, and the campaigns then running."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from adsync_sandbox.generator.campaigns import Campaign
from adsync_sandbox.generator.chance import happens
from adsync_sandbox.generator.visits import CLICK_IDS, REFERRERS, SOURCES, Utm, Visit, click_id, link

WINDOW = timedelta(days=7)
LONGEST_THOUGHT = int(timedelta(days=5, hours=12).total_seconds())
FAVOUR = 6
# The campaigns that run on a day, and their weights.
Running = Callable[[date], tuple[list[Campaign], list[int]]]


def roster(campaigns: tuple[Campaign, ...], favoured: str = "") -> Running:
    """Who runs on a day, and how heavily; campaigns that were never shown bring nobody.

    A favoured platform's campaigns bring more people than their budgets.
    """

    @cache
    def running(day: date) -> tuple[list[Campaign], list[int]]:
        found = [one for one in campaigns if one.runs_on(day) and one.goal != "never_shown"]
        return found, [one.weight * (FAVOUR if one.account.platform == favoured else 1) for one in found]

    return running


@dataclass(frozen=True)
class Scene:
    """Where and when one order is placed; `number` makes the ids of its visits."""

    rng: Random
    shop: str
    number: int
    placed_at: datetime
    running: Running
    elsewhere: Running

    def campaign(self, running: Running | None = None) -> Campaign:
        found, weights = (running or self.running)(self.placed_at.date())
        return self.rng.choices(found, weights)[0]

    def shared_name(self) -> Campaign:
        """A campaign whose name another running campaign of the workspace carries too."""
        found, _ = self.running(self.placed_at.date())
        names = [one.name for one in found]
        return self.rng.choice([one for one in found if names.count(one.name) > 1])

    def before(self) -> timedelta:
        return timedelta(seconds=self.rng.randint(60, LONGEST_THOUGHT))

    def visit(self, ago: timedelta, query: dict[str, str] | None = None, **known: object) -> Visit:
        """A visit that long before the order (after it, when negative); the order of calls makes the ids."""
        at = self.placed_at - ago
        serial = int(at.timestamp()) % 10**7
        return Visit(
            f"gid://shopify/CustomerVisit/{self.number}{serial:07d}",
            at,
            link(self.shop, self.rng, query or {}),
            **known,
        )

    def ad_visit(self, ago: timedelta, platform: str, campaign: str, **query: str) -> Visit:
        """A visit whose UTM the shop recognised; `campaign` is whatever stands in utm_campaign."""
        source = self.rng.choice(SOURCES[platform])
        utm = Utm(source, "paid_social", campaign, content="video_1" if happens(self.rng, 300) else None)
        tags = {"utm_source": source, "utm_medium": "paid_social", "utm_campaign": campaign}
        clicked = {CLICK_IDS[platform]: click_id(self.rng)} if happens(self.rng, 700) else {}
        return self.visit(
            ago, {**tags, **query, **clicked}, utm=utm, source=source.lower(), referrer=REFERRERS[platform]
        )

    def unread_visit(self, ago: timedelta, query: dict[str, str]) -> Visit:
        """A visit whose link carries tags that the shop did not recognise."""
        return self.visit(ago, query, source="unknown")
