"""TikTok's campaigns, including deleted ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import msgspec

from adsync.api.client import ApiClient
from adsync.models import Account, Page, RawJson, Record
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import RecordShape
from adsync.sources.tiktok.api import Rows, records

FIELDS = [
    "campaign_id", "campaign_name", "advertiser_id", "budget", "budget_mode", "operation_status",
    "secondary_status", "objective_type", "create_time", "modify_time",
]  # fmt: skip


class Campaign(msgspec.Struct):
    campaign_id: str


CAMPAIGN = msgspec.json.Decoder(Campaign)


def campaigns(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yields all campaigns; without the status filter deleted ones are omitted."""
    params = {
        "advertiser_id": account.account_id,
        "fields": json.dumps(FIELDS),
        "filtering": json.dumps({"primary_status": "STATUS_ALL"}),
    }
    return records(client, "campaign/get/", params, ROWS)


def _campaign(item: RawJson) -> Record:
    return Record(decode(item, CAMPAIGN, SHAPE.what).campaign_id, None, item)


SHAPE = RecordShape("tiktok campaign", ("campaign_id",), ("campaign_name",))
ROWS = Rows(_campaign, SHAPE)
