"""Snapchat's ad account and its campaigns; deleted campaigns are in no list, though stats still hold them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from adsync.errors import ReauthRequired
from adsync.sources.base import Account, Answer, Facts, Page, Record, Text
from adsync.sources.decode import decode
from adsync.sources.snapchat_calls import follow, items, next_link
from adsync.transport import Client

PAGE_SIZE, SMALLEST_PAGE = 1000, 50


class AdAccount(msgspec.Struct):
    id: str
    name: str
    currency: str
    timezone: str


class Campaign(msgspec.Struct):
    id: str


AD_ACCOUNT = msgspec.json.Decoder(AdAccount)
CAMPAIGN = msgspec.json.Decoder(Campaign)


async def accounts(client: Client, account: Account) -> AsyncIterator[Page]:
    """Yield the ad account's own object, in one call: stats rows carry neither its currency nor its zone."""
    found = items(await client.get(f"adaccounts/{account.account_id}"), "adaccounts", "adaccount")
    if not found:
        raise ReauthRequired(f"snapchat shows no ad account {account.account_id}; give the token's user a role on it")
    yield [Record(decode(found[0], AD_ACCOUNT, "snapchat ad account").id, None, found[0])]


async def campaigns(client: Client, account: Account) -> AsyncIterator[Page]:
    """Yield all campaigns that the API lists."""
    async for found in listed(client, account, "campaigns", "campaign"):
        yield [Record(decode(item, CAMPAIGN, "snapchat campaign").id, None, item) for item in found]


async def campaign_ids(client: Client, account: Account) -> AsyncIterator[list[str]]:
    async for page in campaigns(client, account):
        yield [record.key for record in page]


def listed(client: Client, account: Account, many: str, one: str) -> AsyncIterator[list[Text]]:
    """The account's entities of one kind, page by page."""

    def read(answer: Answer) -> tuple[list[Text], str | None]:
        return [*items(answer, many, one)], next_link(answer.body)

    return follow(client, f"adaccounts/{account.account_id}/{many}", {}, read, (PAGE_SIZE, SMALLEST_PAGE))


def facts(payload: Text) -> Facts:
    found = decode(payload, AD_ACCOUNT, "snapchat ad account")
    return Facts(found.name, found.currency, found.timezone)
