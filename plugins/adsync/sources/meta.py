"""Meta: accounts, campaigns and daily campaign insights of the Marketing API.

Statistics are asked for by account: paused and archived campaigns still spend inside the window.
Facts: the project's Meta sheet, sections 2 to 7.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping

import msgspec

from adsync.errors import ContractError
from adsync.sources import paging
from adsync.sources.auth import bearer
from adsync.sources.base import Account, Credentials, Facts, Page, Record, Source, Stream, Text
from adsync.sources.decode import day, decode
from adsync.sources.meta_errors import check
from adsync.sources.meta_token import HOST, RENEWAL, VERSION
from adsync.sources.meta_usage import LIMITS, pause
from adsync.transport import Client
from adsync.window import Window

PAGE_SIZE = 500
SMALLEST_PAGE = 25
LONGEST_WINDOW = 30

ACCOUNT_FIELDS = "id,account_id,name,currency,timezone_name,account_status"
CAMPAIGN_FIELDS = (
    "id,name,status,effective_status,objective,daily_budget,lifetime_budget,"
    "start_time,stop_time,created_time,updated_time"
)
# Without this filter the list leaves archived campaigns out; deleted ones it never gives.
EVERY_STATUS = ["ACTIVE", "PAUSED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES"]
METRIC_FIELDS = (
    "account_id,account_currency,campaign_id,campaign_name,impressions,clicks,inline_link_clicks,"
    "spend,ctr,cpc,cpm,actions,action_values"
)


class Cursors(msgspec.Struct):
    after: str = ""


class Paging(msgspec.Struct):
    cursors: Cursors = msgspec.field(default_factory=Cursors)
    next: str | None = None


class Listing(msgspec.Struct):
    data: list[msgspec.Raw]
    paging: Paging = msgspec.field(default_factory=Paging)


class AccountNode(msgspec.Struct):
    account_id: str
    name: str
    currency: str
    timezone_name: str


class CampaignNode(msgspec.Struct):
    id: str


class InsightRow(msgspec.Struct):
    campaign_id: str
    date_start: str


LISTING = msgspec.json.Decoder(Listing)
ACCOUNT = msgspec.json.Decoder(AccountNode)
CAMPAIGN = msgspec.json.Decoder(CampaignNode)
INSIGHT = msgspec.json.Decoder(InsightRow)


async def accounts(client: Client, account: Account) -> AsyncIterator[Page]:
    """Yield the account's own node, in one call."""
    answer = await client.get(f"act_{account.account_id}", {"fields": ACCOUNT_FIELDS})
    node = decode(answer.body, ACCOUNT, "meta account")
    yield [Record(node.account_id, None, answer.body)]


async def campaigns(client: Client, account: Account) -> AsyncIterator[Page]:
    """Yield all campaigns that the API lists, archived ones included."""
    params = {"fields": CAMPAIGN_FIELDS, "effective_status": json.dumps(EVERY_STATUS)}
    async for items in _listing(client, f"act_{account.account_id}/campaigns", params):
        yield [Record(decode(item, CAMPAIGN, "meta campaign").id, None, item) for item in items]


async def campaign_metrics(client: Client, account: Account, window: Window) -> AsyncIterator[Page]:
    """Yield one row per campaign and day of delivery; days are the ad account's own."""
    params = {
        "level": "campaign",
        "time_increment": "1",
        "time_range": json.dumps({"since": str(window.since), "until": str(window.last_day)}),
        "fields": METRIC_FIELDS,
    }
    async for items in _listing(client, f"act_{account.account_id}/insights", params):
        yield [_insight(item) for item in items]


def _insight(item: Text) -> Record:
    row = decode(item, INSIGHT, "meta insights row")
    return Record(f"{row.campaign_id}:{row.date_start}", day(row.date_start, "meta date_start"), item)


def _listing(client: Client, path: str, params: Mapping[str, str]) -> AsyncIterator[list[Text]]:
    """Follow cursors; the ready-made `next` link is not used, for it carries the token in clear."""

    async def fetch(after: str, size: int) -> tuple[list[Text], str | None]:
        place = {"after": after} if after else {}
        answer = await client.get(path, {**params, **place, "limit": str(size)})
        page = decode(answer.body, LISTING, f"meta {path}")
        if page.paging.next is not None and not page.paging.cursors.after:
            raise ContractError(f"meta {path}: the page has a next one but no cursor to ask for it")
        return page.data, page.paging.cursors.after if page.paging.next else None

    return paging.follow(fetch, "", PAGE_SIZE, SMALLEST_PAGE)


def base_url(credentials: Credentials, _account_id: str) -> str:
    return f"{credentials.host or HOST}/{credentials.extra.get('api_version', VERSION)}/"


def facts(payload: Text) -> Facts:
    node = decode(payload, ACCOUNT, "meta account")
    return Facts(node.name, node.currency, node.timezone_name)


SOURCE = Source(
    name="meta",
    kind="ad_account",
    base_url=base_url,
    auth=bearer,
    check=check,
    facts=facts,
    streams=(
        Stream("accounts", "entity", accounts),
        Stream("campaigns", "entity", campaigns),
        Stream("campaign_metrics", "daily", campaign_metrics, longest=LONGEST_WINDOW),
    ),
    options={"purchase_action": ()},
    renewal=RENEWAL,
    limits=LIMITS,
    pause=pause,
)
