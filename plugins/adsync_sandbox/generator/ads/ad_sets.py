"""Two ad sets below each campaign and two ads below each ad set, derived from the campaign's id.

They have their campaign's status: a deleted campaign deletes them too.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from adsync_sandbox.generator.ads.campaigns import Campaign
from adsync_sandbox.platforms.registry import ADS as AD_SPECS

AD_SETS = ("Broad", "Lookalike")
ADS = ("Video", "Carousel")
# As long as the platform's own ids.
DIGITS = 10**14


@dataclass(frozen=True)
class AdSet:
    """TikTok calls it ad group, Snapchat ad squad."""

    campaign: Campaign
    id: str
    name: str


@dataclass(frozen=True)
class Ad:
    """The lowest level: what is shown to users."""

    ad_set: AdSet
    id: str
    name: str


def ad_sets(campaign: Campaign) -> tuple[AdSet, ...]:
    return tuple(AdSet(campaign, _id(campaign, name), f"{campaign.name} | {name}") for name in AD_SETS)


def ads(campaign: Campaign) -> tuple[Ad, ...]:
    return tuple(
        Ad(each, _id(campaign, f"{each.name}/{name}"), f"{name} {number}")
        for number, each in enumerate(ad_sets(campaign), start=1)
        for name in ADS
    )


def _id(campaign: Campaign, what: str) -> str:
    digest = hashlib.sha256(f"{campaign.id}/{what}".encode()).digest()
    begins = AD_SPECS[campaign.account.platform].child_ids
    if not begins:
        return str(UUID(bytes=digest[:16], version=4))
    return f"{begins}{int.from_bytes(digest) % DIGITS:014d}"
