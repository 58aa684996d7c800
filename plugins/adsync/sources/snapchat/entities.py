"""Snapchat's ad account and its campaigns; deleted campaigns are not listed, but stats still contain them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ReauthRequired
from adsync.models import Account, AccountInfo, ApiResponse, Page, RawJson, Record
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import RecordShape, build_page
from adsync.sources.snapchat.api import follow, items, next_link

PAGE_SIZE, MIN_PAGE_SIZE = 1000, 50


class AdAccount(msgspec.Struct):
    id: str
    currency: str
    timezone: str
    name: str = ""


class Campaign(msgspec.Struct):
    id: str


AD_ACCOUNT = msgspec.json.Decoder(AdAccount)
CAMPAIGN = msgspec.json.Decoder(Campaign)
CAMPAIGN_SHAPE = RecordShape("snapchat campaign", ("id",), ("name",))


async def accounts(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yields the ad account's own object, in one call: stats contain neither its currency nor its time zone."""
    found = items(await client.get(f"adaccounts/{account.account_id}"), "adaccounts", "adaccount")
    if not found:
        raise ReauthRequired(
            f"snapchat ad account {account.account_id} is not visible: give the token's user a role on it"
        )
    yield [Record(decode(found[0], AD_ACCOUNT, "snapchat ad account").id, None, found[0])]


async def campaigns(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yields all campaigns that the API lists."""
    async for found in listed(client, account, "campaigns", "campaign"):
        yield build_page(found, _campaign, CAMPAIGN_SHAPE)


def _campaign(item: RawJson) -> Record:
    return Record(decode(item, CAMPAIGN, CAMPAIGN_SHAPE.what).id, None, item)


async def campaign_ids(client: ApiClient, account: Account) -> AsyncIterator[list[str]]:
    async for page in campaigns(client, account):
        yield [record.key for record in page if isinstance(record, Record)]


def listed(client: ApiClient, account: Account, many: str, one: str) -> AsyncIterator[list[RawJson]]:
    """Yields the account's entities of one kind, page by page."""

    def read(response: ApiResponse) -> tuple[list[RawJson], str | None]:
        return [*items(response, many, one)], next_link(response.body)

    return follow(client, f"adaccounts/{account.account_id}/{many}", {}, read, (PAGE_SIZE, MIN_PAGE_SIZE))


def account_info(payload: RawJson) -> AccountInfo:
    found = decode(payload, AD_ACCOUNT, "snapchat ad account")
    return AccountInfo(found.name or found.id, found.currency, found.timezone)
