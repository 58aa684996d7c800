"""Ad sets and ads: what lies below a campaign, and may stand in a link in the campaign's place.

Platforms list ads with a part of what is above them. Stored is one record for each ad set and each ad, all alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

from adsync.models import Page, Record


class Child(msgspec.Struct, frozen=True):
    """What is kept; `parent_id` is an ad's ad set, and empty for an ad set."""

    id: str
    kind: Literal["ad_set", "ad"]
    campaign_id: str
    parent_id: str
    name: str

    @property
    def record(self) -> Record:
        return Record(f"{self.kind}:{self.id}", None, msgspec.json.encode(self))


class Ad(NamedTuple):
    """One ad as a listing tells of it, with its ad set."""

    id: str
    name: str
    ad_set_id: str
    ad_set_name: str
    campaign_id: str


def records(ads: Iterable[Ad], known: set[str]) -> Page:
    """The ads, and those of their ad sets that are not `known` yet, which they are then."""
    page = []
    for ad in ads:
        if ad.ad_set_id not in known:
            known.add(ad.ad_set_id)
            page.append(Child(ad.ad_set_id, "ad_set", ad.campaign_id, "", ad.ad_set_name).record)
        page.append(Child(ad.id, "ad", ad.campaign_id, ad.ad_set_id, ad.name).record)
    return page
