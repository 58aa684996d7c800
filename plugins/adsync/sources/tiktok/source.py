"""TikTok Ads: advertisers, campaigns and daily campaign reports, synchronous or asynchronous.

Array parameters of a GET are JSON texts, and one of their values is JSON inside JSON.
Reference: the project's TikTok sheet, sections 1 to 7.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ReauthRequired
from adsync.models import Account, AccountInfo, Credentials, Page, RateLimit, RawJson, Record
from adsync.sources.base import AsyncReport, CallCost, DailyStream, EntityStream, Source
from adsync.sources.common import account_ids
from adsync.sources.common.auth import in_header
from adsync.sources.common.decoding import decode
from adsync.sources.tiktok.ads import ads
from adsync.sources.tiktok.api import LISTING, PAGE_SIZE, get
from adsync.sources.tiktok.errors import check
from adsync.sources.tiktok.gmv_max import campaigns, complete
from adsync.sources.tiktok.metrics import campaign_metrics
from adsync.sources.tiktok.report import create_report, download_report, report_ready

HOST = "https://business-api.tiktok.com/open_api/v1.3"
# After a timeout, TikTok recommends at most a week.
MAX_DAYS, FALLBACK_DAYS = 30, 7
# Names and time zones rarely change. A retry within minutes does not list the campaigns again.
DAILY, RETRY_INTERVAL = timedelta(hours=20), timedelta(minutes=5)
# Of the lowest tier, shared by all customers of one developer app.
LIMITS = (
    RateLimit("app", 10, 1),
    RateLimit("app", 600, 60),
    RateLimit("app", 2, 1, path="report/task/create"),
    RateLimit("app", 60, 60, path="report/task/create"),
)

ACCOUNT_FIELDS = ["advertiser_id", "name", "currency", "timezone", "status"]


class Advertiser(msgspec.Struct):
    advertiser_id: str
    currency: str
    timezone: str
    name: str = ""


ADVERTISER = msgspec.json.Decoder(Advertiser)


async def accounts(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yields the advertiser's own row, in one call."""
    params = {"advertiser_ids": json.dumps([account.account_id]), "fields": json.dumps(ACCOUNT_FIELDS)}
    found = await get(client, "advertiser/info/", params, LISTING)
    if not found.rows:
        raise ReauthRequired(
            f"tiktok advertiser {account.account_id} is not visible to this token; grant the app access"
        )
    yield [Record(account.account_id, None, found.rows[0])]


def base_url(credentials: Credentials, _account_id: str) -> str:
    return f"{credentials.host or HOST}/"


def account_info(payload: RawJson) -> AccountInfo:
    """`Etc/GMT+5` is an IANA name too; with the POSIX sign it is five hours behind UTC."""
    row = decode(payload, ADVERTISER, "tiktok advertiser")
    return AccountInfo(row.name or row.advertiser_id, row.currency, row.timezone)


SOURCE = Source(
    name="tiktok",
    label="TikTok",
    kind="ad_account",
    base_url=base_url,
    auth=in_header("Access-Token"),
    check=check,
    account_info=account_info,
    normalize_id=account_ids.number,
    streams=(
        EntityStream("accounts", accounts, refresh_every=DAILY),
        # Those of GMV Max are listed by a call of their own.
        EntityStream("campaigns", campaigns, refresh_every=RETRY_INTERVAL, cost=CallCost(PAGE_SIZE, fixed=1)),
        DailyStream(
            "campaign_metrics",
            campaign_metrics,
            max_days=MAX_DAYS,
            fallback_days=FALLBACK_DAYS,
            # The account's shops are one further call, its own spend one per thirty days; a shop takes two more.
            cost=CallCost(PAGE_SIZE, complete_read=1, complete_days=1),
            report=AsyncReport(create_report, report_ready, download_report),
            complete=complete,
        ),
        EntityStream("ads", ads, refresh_every=DAILY, restate_only=True, cost=CallCost(PAGE_SIZE)),
    ),
    options={"report_mode": ("auto", "sync", "async")},
    rate_limits=LIMITS,
)
