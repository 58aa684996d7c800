"""TikTok Ads: advertisers, campaigns and daily campaign reports, synchronous or asynchronous.

Array parameters of a GET are JSON texts, and one of their values is JSON inside JSON.
Facts: the project's TikTok sheet, sections 1 to 7.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec

from adsync.errors import ReauthRequired
from adsync.sources.auth import in_header
from adsync.sources.base import Account, Credentials, Facts, Limit, Page, Record, Report, Source, Stream, Text
from adsync.sources.decode import decode
from adsync.sources.tiktok_ads import ads
from adsync.sources.tiktok_calls import LISTING, PAGE_SIZE, get
from adsync.sources.tiktok_campaigns import campaigns
from adsync.sources.tiktok_errors import check
from adsync.sources.tiktok_metrics import campaign_metrics
from adsync.sources.tiktok_report import create_report, download_report, report_ready
from adsync.transport import Client

HOST = "https://business-api.tiktok.com/open_api/v1.3"
# After a time-out TikTok wants no more than a week.
LONGEST_WINDOW, RETREAT = 30, 7
# A name or a zone changes once in years; a retry within minutes does not list the campaigns again.
A_DAY, MINUTES = timedelta(hours=20), timedelta(minutes=5)
# The lowest tier; all customers of one developer app share it.
LIMITS = (
    Limit("app", 10, 1),
    Limit("app", 600, 60),
    Limit("app", 2, 1, path="report/task/create"),
    Limit("app", 60, 60, path="report/task/create"),
)

ACCOUNT_FIELDS = ["advertiser_id", "name", "currency", "timezone", "status"]


class Advertiser(msgspec.Struct):
    advertiser_id: str
    name: str
    currency: str
    timezone: str


ADVERTISER = msgspec.json.Decoder(Advertiser)


async def accounts(client: Client, account: Account) -> AsyncIterator[Page]:
    """Yield the advertiser's own row, in one call."""
    params = {"advertiser_ids": json.dumps([account.account_id]), "fields": json.dumps(ACCOUNT_FIELDS)}
    found = await get(client, "advertiser/info/", params, LISTING)
    if not found.rows:
        raise ReauthRequired(f"tiktok shows no advertiser {account.account_id} to this token; grant the app access")
    yield [Record(account.account_id, None, found.rows[0])]


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
        Stream("accounts", "entity", accounts, every=A_DAY),
        Stream("campaigns", "entity", campaigns, every=MINUTES, page=PAGE_SIZE),
        Stream(
            "campaign_metrics",
            "daily",
            campaign_metrics,
            longest=LONGEST_WINDOW,
            retreat=RETREAT,
            page=PAGE_SIZE,
            report=Report(create_report, report_ready, download_report),
        ),
        Stream("ads", "entity", ads, every=A_DAY, page=PAGE_SIZE, aside=True),
    ),
    options={"report_mode": ("auto", "sync", "async")},
    limits=LIMITS,
)
