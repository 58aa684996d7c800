"""Salla: the store's facts and its orders; there is no asking for what changed since.

The list tells too little of an order, so each changed one is read by its id.
Facts: the project's Salla sheet, sections 1 to 6.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import msgspec

from adsync.api.client import ApiClient
from adsync.models import (
    Account,
    AccountInfo,
    Credentials,
    Page,
    RateLimit,
    RawJson,
    Record,
    RecordCount,
    StoredPayloads,
)
from adsync.ranges import ONE_DAY, TimeRange
from adsync.sources.base import CallCost, EntityStream, IncrementalStream, Source
from adsync.sources.common.decoding import decode
from adsync.sources.salla.errors import check, throttle
from adsync.sources.salla.order_changes import LISTING, MAX_OLD_ORDERS, ONE, PAGE_SIZE, ChangedOrders
from adsync.sources.salla.token_refresh import TOKEN_REFRESH, auth

HOST = "https://api.salla.dev/admin/v2"
ZONE = "Asia/Riyadh"
MAX_DAYS = 30


class Store(msgspec.Struct):
    id: int | str
    name: str
    currency: str
    timezone: str = ZONE


STORE = msgspec.json.Decoder(Store)


def base_url(credentials: Credentials, _account_id: str) -> str:
    return f"{credentials.host or HOST}/"


async def stores(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    response = await client.get("store/info")
    store = decode(decode(response.body, ONE, "salla store").data, STORE, "salla store")
    yield [Record(account.account_id, None, msgspec.json.encode(store))]


async def orders(
    client: ApiClient, account: Account, time_range: TimeRange, stored: StoredPayloads
) -> AsyncIterator[Page]:
    """Yield the orders that changed since `span` began, whatever its end."""
    walk = ChangedOrders(client, account, stored, {"sort_by": "updated_at-desc"}, since=time_range.since)
    async for page in walk.pages():
        yield page


async def created(
    client: ApiClient, account: Account, time_range: TimeRange, stored: StoredPayloads
) -> AsyncIterator[Page]:
    """Yield the orders placed in `span` that are not as they were: whose day a bound is, nobody says, so one more."""
    async for page in ChangedOrders(
        client, account, stored, {"sort_by": "id-asc", **_days(account, time_range)}
    ).pages():
        yield page


async def count(client: ApiClient, account: Account, time_range: TimeRange) -> RecordCount:
    """How many orders were placed in `span`, and on the days beside it."""
    response = await client.get("orders", {**_days(account, time_range), "page": "1", "per_page": "1"})
    return RecordCount(decode(response.body, LISTING, "salla orders").pagination.total)


def _days(account: Account, time_range: TimeRange) -> dict[str, str]:
    first, last = (
        moment.astimezone(ZoneInfo(account.timezone)).date() for moment in (time_range.since, time_range.until)
    )
    return {"from_date": str(first - ONE_DAY), "to_date": str(last + ONE_DAY)}


def account_info(payload: RawJson) -> AccountInfo:
    store = decode(payload, STORE, "salla store")
    return AccountInfo(store.name, store.currency, store.timezone)


SOURCE = Source(
    name="salla",
    kind="store",
    base_url=base_url,
    auth=auth,
    check=check,
    account_info=account_info,
    streams=(
        EntityStream("stores", stores),
        IncrementalStream(
            "orders",
            orders,
            MAX_DAYS,
            read_history=created,
            count=count,
            cost=CallCost(PAGE_SIZE, per_record=1, overrun=MAX_OLD_ORDERS),
        ),
    ),
    token_refresh=TOKEN_REFRESH,
    # The largest plan's; smaller ones are told by the headers of every response.
    rate_limits=(RateLimit("account", 720, 60),),
    throttle=throttle,
    lookback=30,
)
