"""Salla: the store and its orders; the API has no filter for changes.

The list contains few fields, so each changed order is read by its id.
Reference: the project's Salla sheet, sections 1 to 6.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

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
from adsync.ranges import TimeRange
from adsync.sources.base import APP, CallCost, ConnectionNeeds, EntityStream, IncrementalStream, Source
from adsync.sources.common import account_ids
from adsync.sources.common.decoding import decode
from adsync.sources.salla.attribution import unread_origin
from adsync.sources.salla.errors import check, throttle
from adsync.sources.salla.order_changes import (
    LISTING,
    MAX_OLD_ORDERS,
    ONE,
    PAGE_SIZE,
    ChangedOrders,
    creation_days,
    read_by_id,
)
from adsync.sources.salla.presence import PRESENCE
from adsync.sources.salla.token_refresh import TOKEN_REFRESH, auth

LOG = logging.getLogger(__name__)
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
    """Yields the orders that changed since the start of the range, regardless of its end."""
    changed = ChangedOrders(client, account, stored, {"sort_by": "updated_at-desc"}, since=time_range.since)
    async for page in _noticing_origins(changed.pages(), account):
        yield page


async def created_orders(
    client: ApiClient, account: Account, time_range: TimeRange, stored: StoredPayloads
) -> AsyncIterator[Page]:
    """Yields orders created in the range whose content changed.

    The API does not document the time zone of its date bounds, so one extra day is read on each side.
    """
    listed = ChangedOrders(client, account, stored, {"sort_by": "id-desc", **creation_days(account, time_range)})
    async for page in _noticing_origins(listed.pages(), account):
        yield page


async def _noticing_origins(pages: AsyncIterator[Page], account: Account) -> AsyncIterator[Page]:
    """Yields the pages; logs the first field that may tell where an order came from and is not read."""
    origin = ""
    async for page in pages:
        yield page
        if not origin and (origin := next(filter(None, map(unread_origin, page)), "")):
            LOG.warning("%s: salla now returns `%s` of orders, which may name their campaigns", account, origin)


async def count(client: ApiClient, account: Account, time_range: TimeRange) -> RecordCount:
    """Returns how many orders were created in the range, including one extra day on each side."""
    response = await client.get("orders", {**creation_days(account, time_range), "page": "1", "per_page": "1"})
    return RecordCount(decode(response.body, LISTING, "salla orders").pagination.total)


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
    normalize_id=account_ids.name,
    streams=(
        EntityStream("stores", stores),
        IncrementalStream(
            "orders",
            orders,
            MAX_DAYS,
            read_history=created_orders,
            count=count,
            read_keys=read_by_id,
            presence=PRESENCE,
            cost=CallCost(PAGE_SIZE, per_record=1, overrun=MAX_OLD_ORDERS),
        ),
    ),
    token_refresh=TOKEN_REFRESH,
    # Of the largest plan; response headers report the limits of smaller ones.
    rate_limits=(RateLimit("account", 720, 60),),
    throttle=throttle,
    lookback=30,
    connection=ConnectionNeeds(together={"refresh_token": APP, "client_secret": ("client_id",)}),
)
