"""Snapchat's ad squads and ads. An ad has its squad's id but not its campaign's, so squads are listed first."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from adsync.api.client import ApiClient
from adsync.models import Account, Page, RawJson
from adsync.sources.common.ads import Child
from adsync.sources.common.decoding import decode
from adsync.sources.snapchat.entities import listed


class AdSquad(msgspec.Struct):
    id: str
    campaign_id: str
    name: str = ""


class Ad(msgspec.Struct):
    id: str
    ad_squad_id: str
    name: str = ""


AD_SQUAD = msgspec.json.Decoder(AdSquad)
AD = msgspec.json.Decoder(Ad)


async def ads(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yields all squads that the API lists, then their ads; ads of deleted squads are omitted."""
    campaigns: dict[str, str] = {}
    async for items in listed(client, account, "adsquads", "adsquad"):
        squads = [decode(item, AD_SQUAD, "snapchat ad squad") for item in items]
        campaigns |= {squad.id: squad.campaign_id for squad in squads}
        yield [Child(squad.id, "ad_set", squad.campaign_id, "", squad.name).record for squad in squads]
    async for items in listed(client, account, "ads", "ad"):
        yield _children(items, campaigns)


def _children(items: list[RawJson], campaigns: dict[str, str]) -> Page:
    ads = [decode(item, AD, "snapchat ad") for item in items]
    return [
        Child(ad.id, "ad", campaigns[ad.ad_squad_id], ad.ad_squad_id, ad.name).record
        for ad in ads
        if ad.ad_squad_id in campaigns
    ]
