"""TikTok's ads and their ad groups, from one listing that includes deleted ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import msgspec

from adsync.api.client import ApiClient
from adsync.models import Account, Page, RawJson, Record
from adsync.sources.common.ads import Ad
from adsync.sources.common.ads import records as ad_records
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import RecordShape, built, rejects
from adsync.sources.tiktok.api import Rows, records

FIELDS = ["ad_id", "ad_name", "adgroup_id", "adgroup_name", "campaign_id"]


class AdRow(msgspec.Struct):
    ad_id: str
    adgroup_id: str
    campaign_id: str
    ad_name: str = ""
    adgroup_name: str = ""


AD = msgspec.json.Decoder(AdRow)


async def ads(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yields all ads, and each ad group before its first ad; without the status filter deleted ones are omitted."""
    params = {
        "advertiser_id": account.account_id,
        "fields": json.dumps(FIELDS),
        "filtering": json.dumps({"primary_status": "STATUS_ALL"}),
    }
    seen: set[str] = set()
    async for page in records(client, "ad/get/", params, ROWS):
        yield [*ad_records([_ad(record.payload) for record in built(page)], seen), *rejects(page)]


def _record(item: RawJson) -> Record:
    return Record(decode(item, AD, SHAPE.what).ad_id, None, item)


def _ad(item: RawJson) -> Ad:
    row = decode(item, AD, SHAPE.what)
    return Ad(row.ad_id, row.ad_name, row.adgroup_id, row.adgroup_name, row.campaign_id)


SHAPE = RecordShape("tiktok ad", (), ("ad_id", "adgroup_id"))
ROWS = Rows(_record, SHAPE)
