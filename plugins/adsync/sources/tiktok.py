"""TikTok Ads: advertisers, campaigns and daily campaign reports, synchronous or asynchronous.

Array parameters of a GET are JSON texts, and one of their values is JSON inside JSON.
Facts: the project's TikTok sheet, sections 1 to 7.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import msgspec

from adsync.errors import ReauthRequired
from adsync.sources.auth import in_header
from adsync.sources.base import Account, Credentials, Facts, Limit, Page, Record, Report, Source, Stream, Text
from adsync.sources.decode import decode
from adsync.sources.tiktok_calls import LISTING, get, listing
from adsync.sources.tiktok_errors import check
from adsync.sources.tiktok_report import campaign_metrics, create_report, download_report, report_ready
from adsync.transport import Client

HOST = "https://business-api.tiktok.com/open_api/v1.3"
LONGEST_WINDOW = 30
# The lowest tier; all customers of one developer app share it.
LIMITS = (
    Limit("app", 10, 1),
    Limit("app", 600, 60),
    Limit("app", 2, 1, path="report/task/create"),
    Limit("app", 60, 60, path="report/task/create"),
)

ACCOUNT_FIELDS = ["advertiser_id", "name", "currency", "timezone", "status"]
CAMPAIGN_FIELDS = [
    "campaign_id", "campaign_name", "advertiser_id", "budget", "budget_mode", "operation_status",
    "secondary_status", "objective_type", "create_time", "modify_time",
]  # fmt: skip


class Advertiser(msgspec.Struct):
    advertiser_id: str
    name: str
    currency: str
    timezone: str


class Campaign(msgspec.Struct):
    campaign_id: str


ADVERTISER = msgspec.json.Decoder(Advertiser)
CAMPAIGN = msgspec.json.Decoder(Campaign)


async def accounts(client: Client, account: Account) -> AsyncIterator[Page]:
    """Yield the advertiser's own row, in one call."""
    params = {"advertiser_ids": json.dumps([account.account_id]), "fields": json.dumps(ACCOUNT_FIELDS)}
    found = await get(client, "advertiser/info/", params, LISTING)
    if not found.rows:
        raise ReauthRequired(f"tiktok shows no advertiser {account.account_id} to this token; grant the app access")
    yield [Record(account.account_id, None, found.rows[0])]


async def campaigns(client: Client, account: Account) -> AsyncIterator[Page]:
    """Yield all campaigns, deleted ones included."""
    params = {
        "advertiser_id": account.account_id,
        "fields": json.dumps(CAMPAIGN_FIELDS),
        "filtering": json.dumps({"primary_status": "STATUS_ALL"}),
    }
    async for items in listing(client, "campaign/get/", params):
        yield [Record(decode(item, CAMPAIGN, "tiktok campaign").campaign_id, None, item) for item in items]


def base_url(credentials: Credentials, _account_id: str) -> str:
    return f"{credentials.host or HOST}/"


def facts(payload: Text) -> Facts:
    """`Etc/GMT+5` is an IANA name too, with POSIX's sign: it is five hours behind UTC."""
    row = decode(payload, ADVERTISER, "tiktok advertiser")
    return Facts(row.name, row.currency, row.timezone)


SOURCE = Source(
    name="tiktok",
    kind="ad_account",
    base_url=base_url,
    auth=in_header("Access-Token"),
    check=check,
    facts=facts,
    streams=(
        Stream("accounts", "entity", accounts),
        Stream("campaigns", "entity", campaigns),
        Stream(
            "campaign_metrics",
            "daily",
            campaign_metrics,
            longest=LONGEST_WINDOW,
            report=Report(create_report, report_ready, download_report),
        ),
    ),
    options={"report_mode": ("auto", "sync", "async")},
    limits=LIMITS,
)
