"""Meta's ads and their ad sets, from one listing; it never contains deleted ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import msgspec

from adsync.api.client import ApiClient
from adsync.models import Account, Page, RawJson
from adsync.sources.common.ads import Ad
from adsync.sources.common.ads import records as ad_records
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import RecordShape, build_page, built, rejects
from adsync.sources.meta.pagination import listing

FIELDS = "id,name,campaign_id,adset_id,adset{name}"
# Without this filter the listing omits archived ads.
EVERY_STATUS = [
    *("ACTIVE", "PAUSED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES", "CAMPAIGN_PAUSED", "ADSET_PAUSED"),
    *("PENDING_REVIEW", "DISAPPROVED", "PREAPPROVED", "PENDING_BILLING_INFO"),
]


class AdSetNode(msgspec.Struct):
    name: str = ""


class AdNode(msgspec.Struct):
    id: str
    campaign_id: str
    adset_id: str
    name: str = ""
    adset: AdSetNode = msgspec.field(default_factory=AdSetNode)


AD = msgspec.json.Decoder(AdNode)
SHAPE = RecordShape("meta ad", (), ("id", "adset_id"))


async def ads(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yields all ads that the API lists, and each ad set before its first ad."""
    params, seen = {"fields": FIELDS, "effective_status": json.dumps(EVERY_STATUS)}, set[str]()
    async for items in listing(client, f"act_{account.account_id}/ads", params):
        found = build_page(items, _ad, SHAPE)
        yield [*ad_records(built(found), seen), *rejects(found)]


def _ad(item: RawJson) -> Ad:
    node = decode(item, AD, SHAPE.what)
    return Ad(node.id, node.name, node.adset_id, node.adset.name, node.campaign_id)
