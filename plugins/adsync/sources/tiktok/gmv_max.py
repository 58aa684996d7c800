"""TikTok's GMV Max campaigns: those of TikTok Shop sellers, in no integrated report and in no ordinary list.

Their spend is `cost`; `orders` and `gross_revenue` are TikTok Shop's own, organic sales included. Per request the
report takes one shop, one promotion type and thirty days; without a status filter it omits deleted campaigns, whereas
the list of campaigns has none (whether it contains deleted ones is not documented). Days are in the ad account's time
zone. Without permission for GMV Max nothing is read, with a note.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import PermanentError, ReauthRequired
from adsync.models import Account, LearnedLimits, Page, RawJson, Record
from adsync.ranges import DateRange
from adsync.sources.common.account_totals import AccountTotal, unlisted_campaign, with_remainders
from adsync.sources.common.decoding import day, decode, decode_or_none, finite
from adsync.sources.tiktok import campaigns as ordinary
from adsync.sources.tiktok.api import Rows, get, records
from adsync.sources.tiktok.errors import NoPermission
from adsync.sources.tiktok.metrics import campaign_metrics
from adsync.sources.tiktok.report import ROWS, query

MAX_DAYS = 30
MAX_CAMPAIGNS_PER_PAGE = 100
REPORT_TYPES, CAMPAIGN_TYPES = ("PRODUCT", "LIVE"), ("PRODUCT_GMV_MAX", "LIVE_GMV_MAX")
DIMENSIONS = ["campaign_id", "stat_time_day"]
METRICS = ["campaign_name", "cost", "net_cost", "orders", "gross_revenue"]
DENIED = "GMV Max campaigns of TikTok are not readable; if the account sells in TikTok Shop, their spend is missing"


class Store(msgspec.Struct):
    store_id: str


class Stores(msgspec.Struct):
    store_list: list[Store] = []


class Metrics(msgspec.Struct):
    spend: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)


class MetricsRow(msgspec.Struct):
    metrics: Metrics = msgspec.field(default_factory=Metrics)


class AccountDimensions(msgspec.Struct):
    stat_time_day: str


class AccountRow(msgspec.Struct):
    dimensions: AccountDimensions


STORES = msgspec.json.Decoder(Stores)
METRICS_ROW = msgspec.json.Decoder(MetricsRow)
ACCOUNT_ROW = msgspec.json.Decoder(AccountRow)


async def campaigns(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yields all campaigns: the ordinary ones, then those of GMV Max."""
    async for page in ordinary.campaigns(client, account):
        yield page
    filtering = {"gmv_max_promotion_types": CAMPAIGN_TYPES}
    params = {"advertiser_id": account.account_id, "filtering": json.dumps(filtering)}
    rows = Rows(ordinary.ROWS.build, ordinary.ROWS.shape, MAX_CAMPAIGNS_PER_PAGE)
    async for page in _permitted(client, records(client, "gmv_max/campaign/get/", params, rows)):
        yield page


async def metrics(client: ApiClient, account: Account, date_range: DateRange) -> AsyncIterator[Page]:
    """Yields one row per GMV Max campaign and day; of an account without a shop, after one call, none."""
    for store in await _stores(client, account):
        async for page in _permitted(client, _of_store(client, account, date_range, store)):
            yield page


async def _stores(client: ApiClient, account: Account) -> list[Store]:
    """Returns the shops that the account sees; one that it may no longer advertise may have spend in past days."""
    try:
        found = await get(client, "gmv_max/store/list/", {"advertiser_id": account.account_id}, STORES)
    except PermanentError as error:
        _note(client, error)
        return []
    return found.store_list


async def _of_store(client: ApiClient, account: Account, date_range: DateRange, store: Store) -> AsyncIterator[Page]:
    for promotion_type in REPORT_TYPES:
        for days in date_range.chunks_newest_first(MAX_DAYS):
            params = _query(account, days, store, promotion_type)
            async for page in records(client, "gmv_max/report/get/", params, ROWS):
                yield page


def _query(account: Account, days: DateRange, store: Store, promotion_type: str) -> dict[str, str]:
    filtering = {"gmv_max_promotion_types": [promotion_type], "campaign_statuses": ["STATUS_ALL"]}
    return {
        "advertiser_id": account.account_id,
        "store_ids": json.dumps([store.store_id]),
        "start_date": str(days.since),
        "end_date": str(days.last_day),
        "dimensions": json.dumps(DIMENSIONS),
        "metrics": json.dumps(METRICS),
        "filtering": json.dumps(filtering),
    }


async def _permitted(client: ApiClient, pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
    """Yields the pages; if TikTok refuses them for good, a note instead: ordinary campaigns can still be read."""
    try:
        async for page in pages:
            yield page
    except PermanentError as error:
        _note(client, error)


def _note(client: ApiClient, error: PermanentError) -> None:
    """Notes a refusal; an error of the token itself is raised."""
    if isinstance(error, ReauthRequired) and not isinstance(error, NoPermission):
        raise error
    client.notes.append(f"{DENIED} ({error})")


def spend_of(row: RawJson) -> Decimal:
    """Returns the spend of a row, ordinary or of GMV Max; 0 if it is missing or unreadable."""
    found = decode_or_none(row, METRICS_ROW)
    return finite(found.metrics.spend) + finite(found.metrics.cost) if found else Decimal(0)


async def account_spend(client: ApiClient, account: Account, date_range: DateRange) -> Mapping[date, Decimal]:
    """Returns what the advertiser spent by day, in one call per thirty days.

    Whether this contains GMV Max is not documented.
    """
    days: dict[date, Decimal] = {}
    for chunk in date_range.chunks_newest_first(MAX_DAYS):
        level = {
            "data_level": "AUCTION_ADVERTISER",
            "dimensions": ["advertiser_id", "stat_time_day"],
            "metrics": ["spend"],
        }
        request = query(account, chunk) | level
        params = {key: value if isinstance(value, str) else json.dumps(value) for key, value in request.items()}
        async for page in records(client, "report/integrated/get/", params, ACCOUNT_ROWS):
            days |= {each.day: spend_of(each.payload) for each in page if isinstance(each, Record) and each.day}
    return days


def _account_day(item: RawJson) -> Record:
    on = day(decode(item, ACCOUNT_ROW, "tiktok advertiser report row").dimensions.stat_time_day, "tiktok stat_time_day")
    return Record(str(on), on, item)


ACCOUNT_ROWS = Rows(_account_day, ROWS.shape)


def remainder(account: Account, on: date, spend: Decimal) -> Record:
    """Returns the row of what an account spent beyond its campaigns."""
    campaign = unlisted_campaign(account)
    row = {
        "dimensions": {"campaign_id": campaign, "stat_time_day": f"{on} 00:00:00"},
        "metrics": {"campaign_name": "(spend that TikTok tells of no campaign)", "spend": str(spend)},
    }
    return Record(f"{campaign}:{on}", on, msgspec.json.encode(row))


def _ordinary_rows(client: ApiClient, account: Account, date_range: DateRange) -> AsyncIterator[Page]:
    return campaign_metrics(client, account, date_range, LearnedLimits())


TOTAL = AccountTotal("TikTok", account_spend, _ordinary_rows, spend_of, remainder)


def complete(
    client: ApiClient, account: Account, date_range: DateRange, pages: AsyncIterator[Page]
) -> AsyncIterator[Page]:
    """Adds the rows of GMV Max, and what the account spent beyond its campaigns."""
    return with_remainders(TOTAL, client, account, date_range, pages, metrics(client, account, date_range))
