"""Ad sets and ads; links may name them instead of their campaign.

Platforms list ads together with parts of their ad sets. Stored is one record per ad set and per ad, in one shape.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

from adsync.models import Page, Record


class Child(msgspec.Struct, frozen=True):
    """One ad set or ad as it is stored; `parent_id` is the ad set of an ad, and empty for an ad set."""

    id: str
    kind: Literal["ad_set", "ad"]
    campaign_id: str
    parent_id: str
    name: str

    @property
    def record(self) -> Record:
        return Record(f"{self.kind}:{self.id}", None, msgspec.json.encode(self))


class Ad(NamedTuple):
    """One ad of a listing, with its ad set."""

    id: str
    name: str
    ad_set_id: str
    ad_set_name: str
    campaign_id: str


def records(ads: Iterable[Ad], seen: set[str]) -> Page:
    """Returns records of the ads and of their ad sets that are not in `seen`, and adds these to it."""
    page = []
    for ad in ads:
        if ad.ad_set_id not in seen:
            seen.add(ad.ad_set_id)
            page.append(Child(ad.ad_set_id, "ad_set", ad.campaign_id, "", ad.ad_set_name).record)
        page.append(Child(ad.id, "ad", ad.campaign_id, ad.ad_set_id, ad.name).record)
    return page
