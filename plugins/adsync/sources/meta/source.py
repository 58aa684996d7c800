"""Meta: accounts, campaigns and daily campaign insights of the Marketing API.

Metrics are requested per account: paused and archived campaigns have spend in the same days.
Reference: the project's Meta sheet, sections 2 to 7.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec

from adsync.api.client import ApiClient
from adsync.models import Account, AccountInfo, Credentials, Page, RawJson, Record
from adsync.sources.base import AsyncReport, CallCost, ConnectionNeeds, DailyStream, EntityStream, Source
from adsync.sources.common import account_ids
from adsync.sources.common.auth import bearer
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import RecordShape, build_page
from adsync.sources.meta.ads import ads
from adsync.sources.meta.errors import check, naming
from adsync.sources.meta.insights import campaign_metrics, complete, create_report, download_report, report_ready
from adsync.sources.meta.pagination import PAGE_SIZE, listing
from adsync.sources.meta.rate_limits import LIMITS, throttle
from adsync.sources.meta.token_refresh import HOST, TOKEN_REFRESH, VERSION

MAX_DAYS = 30
# Older days are rejected.
RETENTION_MONTHS = 37
# Names and time zones rarely change. A retry within minutes does not list the campaigns again.
DAILY, RETRY_INTERVAL = timedelta(hours=20), timedelta(minutes=5)

ACCOUNT_FIELDS = "id,account_id,name,currency,timezone_name,account_status"
CAMPAIGN_FIELDS = (
    "id,name,status,effective_status,objective,daily_budget,lifetime_budget,"
    "start_time,stop_time,created_time,updated_time"
)
# Without this filter the listing omits archived campaigns; it never contains deleted ones.
EVERY_STATUS = ["ACTIVE", "PAUSED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES"]


class AccountNode(msgspec.Struct):
    account_id: str
    currency: str
    timezone_name: str
    name: str = ""


class CampaignNode(msgspec.Struct):
    id: str


ACCOUNT = msgspec.json.Decoder(AccountNode)
CAMPAIGN = msgspec.json.Decoder(CampaignNode)
CAMPAIGN_SHAPE = RecordShape("meta campaign", ("id",), ("name",))


async def accounts(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yields the account's own node, in one call."""
    path = f"act_{account.account_id}"
    with naming(path):
        response = await client.get(path, {"fields": ACCOUNT_FIELDS})
    node = decode(response.body, ACCOUNT, "meta account")
    yield [Record(node.account_id, None, response.body)]


async def campaigns(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yields all campaigns that the API lists, including archived ones."""
    params = {"fields": CAMPAIGN_FIELDS, "effective_status": json.dumps(EVERY_STATUS)}
    async for items in listing(client, f"act_{account.account_id}/campaigns", params):
        yield build_page(items, _campaign, CAMPAIGN_SHAPE)


def _campaign(item: RawJson) -> Record:
    return Record(decode(item, CAMPAIGN, CAMPAIGN_SHAPE.what).id, None, item)


def base_url(credentials: Credentials, _account_id: str) -> str:
    return f"{credentials.host or HOST}/{credentials.extra.get('api_version', VERSION)}/"


def account_info(payload: RawJson) -> AccountInfo:
    node = decode(payload, ACCOUNT, "meta account")
    return AccountInfo(node.name or node.account_id, node.currency, node.timezone_name)


SOURCE = Source(
    name="meta",
    kind="ad_account",
    base_url=base_url,
    auth=bearer,
    check=check,
    account_info=account_info,
    normalize_id=account_ids.number,
    streams=(
        EntityStream("accounts", accounts, refresh_every=DAILY),
        EntityStream("campaigns", campaigns, refresh_every=RETRY_INTERVAL, cost=CallCost(PAGE_SIZE)),
        DailyStream(
            "campaign_metrics",
            campaign_metrics,
            max_days=MAX_DAYS,
            retention_months=RETENTION_MONTHS,
            # One further call reads the account's own spend.
            cost=CallCost(PAGE_SIZE, complete_read=1),
            report=AsyncReport(create_report, report_ready, download_report, last_resort=True),
            complete=complete,
        ),
        EntityStream("ads", ads, refresh_every=DAILY, restate_only=True, cost=CallCost(PAGE_SIZE)),
    ),
    options={"purchase_action": ()},
    token_refresh=TOKEN_REFRESH,
    rate_limits=LIMITS,
    throttle=throttle,
    connection=ConnectionNeeds(
        extra=("app_secret", "api_version"),
        together={"expires": ("app_id", "app_secret"), "system_user": ("app_id", "app_secret", "expires")},
        flags=("system_user",),
    ),
)
