"""What orders are drawn with: a store's market, and one order's moment with the campaigns that run then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.generator.ads.campaigns import Campaign
from adsync_sandbox.generator.chance import happens
from adsync_sandbox.generator.orders.visits import CLICK_IDS, REFERRERS, SOURCES, Utm, Visit, click_id, link

WINDOW = timedelta(days=7)
LONGEST_DELAY = int(timedelta(days=5, hours=12).total_seconds())
# The campaigns that run on a day, and their weights.
Running = Callable[[date], tuple[list[Campaign], list[int]]]


@dataclass(frozen=True)
class Market:
    """A store, how many orders it gets a day, and the campaigns of its own and of other workspaces."""

    seed: int
    store: Store
    running: Running
    foreign: Running
    orders_a_day: int
    now: datetime


def running_campaigns(campaigns: tuple[Campaign, ...], weights: Mapping[str, int]) -> Running:
    """Returns a function that lists the campaigns of a day, weighted by budget and by the platform's weight."""

    @cache
    def running(day: date) -> tuple[list[Campaign], list[int]]:
        found = [one for one in campaigns if one.runs_on(day) and one.goal != "never_shown"]
        return found, [one.weight * weights.get(one.account.platform, 1) for one in found]

    return running


@dataclass(frozen=True)
class OrderContext:
    """When and in which market one order is placed; `number` is part of the ids of its visits."""

    rng: Random
    shop: str
    number: int
    placed_at: datetime
    market: Market = field(repr=False)

    def campaign(self) -> Campaign:
        """Draws a running campaign of the store's workspace."""
        return self._drawn(self.market.running)

    def foreign_campaign(self) -> Campaign:
        """Draws a running campaign of another workspace."""
        return self._drawn(self.market.foreign)

    def campaign_with_shared_name(self) -> Campaign:
        """Draws a campaign whose name another running campaign of the workspace has too."""
        found, _ = self.market.running(self.placed_at.date())
        names = [one.name for one in found]
        return self.rng.choice([one for one in found if names.count(one.name) > 1])

    def delay(self) -> timedelta:
        """Draws the time between a visit and the order."""
        return timedelta(seconds=self.rng.randint(60, LONGEST_DELAY))

    def visit(self, ago: timedelta, query: dict[str, str] | None = None, **known: object) -> Visit:
        """Makes a visit so long before the order (after it if negative); ids depend on the order of the calls."""
        at = self.placed_at - ago
        serial = int(at.timestamp()) % 10**7
        return Visit(
            f"gid://shopify/CustomerVisit/{self.number}{serial:07d}",
            at,
            link(self.shop, self.rng, query or {}),
            **known,
        )

    def ad_visit(self, ago: timedelta, platform: str, campaign: str, **query: str) -> Visit:
        """Makes a visit whose UTM tags the shop recognized; `campaign` is the value of utm_campaign."""
        source = self.rng.choice(SOURCES[platform])
        utm = Utm(source, "paid_social", campaign, content="video_1" if happens(self.rng, 300) else None)
        tags = {"utm_source": source, "utm_medium": "paid_social", "utm_campaign": campaign}
        clicked = {CLICK_IDS[platform]: click_id(self.rng)} if happens(self.rng, 700) else {}
        return self.visit(
            ago, {**tags, **query, **clicked}, utm=utm, source=source.lower(), referrer=REFERRERS[platform]
        )

    def unread_visit(self, ago: timedelta, query: dict[str, str]) -> Visit:
        """Makes a visit whose link carries tags that the shop did not recognize."""
        return self.visit(ago, query, source="unknown")

    def _drawn(self, running: Running) -> Campaign:
        found, weights = running(self.placed_at.date())
        return self.rng.choices(found, weights)[0]
