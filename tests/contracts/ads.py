"""What the invented world holds of an ad account."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import sandbox_fixtures
from adsync.models import Account
from adsync.ranges import DateRange
from adsync_sandbox.generator.ads import ad_sets
from adsync_sandbox.generator.world import World


def campaigns(*, deleted: bool) -> Callable[[World, Account, DateRange], set[str]]:
    """All campaigns; where deleted ones are in no list, without them."""

    def known(world: World, account: Account, _asked: DateRange) -> set[str]:
        return {one.id for one in world.campaigns(account.account_id) if deleted or one.status != "deleted"}

    return known


def children_of(*, deleted: bool) -> Callable[[World, Account, DateRange], set[str]]:
    """All ad sets and ads of those campaigns."""

    def known(world: World, account: Account, _asked: DateRange) -> set[str]:
        found = [one for one in world.campaigns(account.account_id) if deleted or one.status != "deleted"]
        sets = {f"ad_set:{child.id}" for one in found for child in ad_sets.ad_sets(one)}
        return sets | {f"ad:{child.id}" for one in found for child in ad_sets.ads(one)}

    return known


# What all three have in common: the listing is of ads, and only the fields that lead to a campaign are kept.
CHILDREN = {
    "keeps_unknown": False,
    "each": 2,
    "counts": lambda keys: len([key for key in keys if key.startswith("ad:")]),
}


def delivered(world: World, account: Account, asked: DateRange) -> set[str]:
    rows = world.deliveries(account.account_id)
    return {f"{row.campaign.id}:{row.date}" for row in rows if asked.since <= row.date < asked.until}


@cache
def crowded() -> World:
    """More campaigns than the smallest page that any platform allows."""
    return World.create(7, sandbox_fixtures.NOW, days=2, orders=0, campaigns_per_account=110)
