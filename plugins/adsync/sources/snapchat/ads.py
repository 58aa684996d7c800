"""Snapchat's ad squads and ads. An ad has its squad's id but not its campaign's, so squads are listed first."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from adsync.api.client import ApiClient
from adsync.models import Account, Page, RawJson
from adsync.sources.common.ads import Child
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import RecordShape, build_page, built, rejects
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
AD_SQUAD_SHAPE, AD_SHAPE = RecordShape("snapchat ad squad", (), ("id",)), RecordShape("snapchat ad", (), ("id",))


async def ads(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yields all squads that the API lists, then their ads; ads of deleted squads are omitted."""
    campaigns: dict[str, str] = {}
    async for items in listed(client, account, "adsquads", "adsquad"):
        squads = build_page(items, lambda item: decode(item, AD_SQUAD, AD_SQUAD_SHAPE.what), AD_SQUAD_SHAPE)
        campaigns |= {squad.id: squad.campaign_id for squad in built(squads)}
        children = [Child(squad.id, "ad_set", squad.campaign_id, "", squad.name).record for squad in built(squads)]
        yield [*children, *rejects(squads)]
    async for items in listed(client, account, "ads", "ad"):
        yield _children(items, campaigns)


def _children(items: list[RawJson], campaigns: dict[str, str]) -> Page:
    ads = build_page(items, lambda item: decode(item, AD, AD_SHAPE.what), AD_SHAPE)
    children = [
        Child(ad.id, "ad", campaigns[ad.ad_squad_id], ad.ad_squad_id, ad.name).record
        for ad in built(ads)
        if ad.ad_squad_id in campaigns
    ]
    return [*children, *rejects(ads)]
