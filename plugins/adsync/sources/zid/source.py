"""Zid: the store and its orders, by the time they were last updated.

The list reports the number of orders but not of pages, and omits some fields by default.
Reference: the project's Zid sheet, sections 1 to 6.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, PermanentError, ReauthRequired, TemporaryError
from adsync.models import Account, Page, RateLimit, RawJson, Record, RecordCount, RejectedRecord, StoredPayloads
from adsync.ranges import ONE_DAY, TimeRange
from adsync.sources.base import APP, CallCost, ConnectionNeeds, EntityStream, IncrementalStream, Source
from adsync.sources.common import account_ids
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import build_one, build_page, built, rejects
from adsync.sources.zid.auth import TOKEN_REFRESH, account_info, auth, base_url, initial_token, notes, stores
from adsync.sources.zid.errors import OrderGone, check
from adsync.sources.zid.list_read import ListRead
from adsync.sources.zid.orders import SHAPE, Order, origin_field, read, record
from adsync.sources.zid.presence import PRESENCE
from adsync.sources.zid.timezone_check import TimezoneCheck

LOG = logging.getLogger(__name__)
PAGE_SIZE = 100
MAX_READS = 4
MAX_DAYS = 30


class Listing(msgspec.Struct):
    orders: list[msgspec.Raw]
    total_order_count: int


class One(msgspec.Struct):
    order: msgspec.Raw


ONE = msgspec.json.Decoder(One)
LISTING = msgspec.json.Decoder(Listing)


async def orders(
    client: ApiClient, account: Account, time_range: TimeRange, _stored: StoredPayloads
) -> AsyncIterator[Page]:
    """Yields the orders updated in the range, and some of the day before: whether bounds are inclusive is undocumented.

    The list is read again until it contains as many orders as it reports.
    """
    yielded: dict[str, str] = {}
    origin, timezone_check = "", TimezoneCheck(account.zone)
    listed = TimeRange(time_range.since - ONE_DAY, time_range.until)
    for _ in range(MAX_READS):
        current, has_more = ListRead(PAGE_SIZE), True
        while has_more:
            number, size = current.next_page()
            listing = await _listing(client, listed, number, size)
            found = build_page(listing.orders, partial(_row, account.customer_key), SHAPE)
            found = _within(time_range, found)
            has_more = current.add_page([_id_of(each) for each in found], listing.total_order_count)
            fresh = [each for each in built(found) if yielded.get(each.record.key) != each.order.updated_at]
            yielded |= {each.record.key: each.order.updated_at for each in fresh}
            for each in fresh:
                timezone_check.add(each.order)
            origin = origin or next(filter(None, (each.origin for each in fresh)), "")
            yield [*(each.record for each in fresh), *rejects(found)]
        if current.is_complete:
            timezone_check.verify()
            if origin:
                LOG.warning("%s: zid now returns `%s` of orders, which may name their campaigns", account, origin)
            return
    raise TemporaryError(f"zid listed {len(current.ids)} orders but reported {current.total}, {MAX_READS} times")


class Row(NamedTuple):
    """An order of the list."""

    record: Record
    order: Order
    origin: str
    changed_at: datetime


def _row(key: bytes, item: RawJson) -> Row:
    order = read(item)
    return Row(record(item, order, key), order, origin_field(item), order.changed_at)


def _within(time_range: TimeRange, page: list[Row | RejectedRecord]) -> list[Row | RejectedRecord]:
    """Rejects orders outside the range, with a day of tolerance; ContractError if all are: the filter was ignored."""
    first, last = time_range.since - 2 * ONE_DAY, time_range.until + ONE_DAY
    outside = [each for each in built(page) if not first <= each.changed_at < last]
    if not outside:
        return page
    order = outside[0].order
    error = ContractError(f"zid ignored the filter: order {order.id} was updated at {order.updated_at}")
    if len(outside) == len(page):
        raise error
    return [
        RejectedRecord(each.record.key, f"zid order updated at {each.order.updated_at}, outside the requested range")
        if each in outside
        else each
        for each in page
    ]


def _id_of(row: Row | RejectedRecord) -> str:
    """Returns the order's id; of a row without a readable one, what tells it from others."""
    return row.record.key if isinstance(row, Row) else row.key or row.excerpt


async def read_by_id(
    client: ApiClient, account: Account, keys: Sequence[str], _stored: StoredPayloads
) -> AsyncIterator[Page]:
    """Yields the orders of these ids that still exist."""
    for key in filter(str.isdecimal, keys):
        try:
            response = await client.get(f"managers/store/orders/{key}/view")
        except OrderGone:
            continue
        except ReauthRequired:
            raise
        except PermanentError as error:
            yield [RejectedRecord(key, str(error))]
            continue
        item = decode(response.body, ONE, "zid order").order
        found = build_one(item, lambda each: record(each, read(each), account.customer_key), SHAPE)
        yield [found._replace(key=key)]


async def count(client: ApiClient, _account: Account, time_range: TimeRange) -> RecordCount:
    return RecordCount((await _listing(client, time_range, 1, size=1)).total_order_count)


async def _listing(client: ApiClient, time_range: TimeRange, number: int, size: int) -> Listing:
    params = {
        "payload_type": "default",
        "date_attribute": "updated_at",
        "date_from": _clock(time_range.since),
        "date_to": _clock(time_range.until),
        "sort_by": "asc",
        "page": str(number),
        "per_page": str(size),
    }
    return decode((await client.get("managers/store/orders", params)).body, LISTING, "zid orders")


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


SOURCE = Source(
    name="zid",
    kind="store",
    base_url=base_url,
    auth=auth,
    check=check,
    account_info=account_info,
    normalize_id=account_ids.name,
    notes=notes,
    streams=(
        EntityStream("stores", stores),
        IncrementalStream(
            "orders",
            orders,
            MAX_DAYS,
            count=count,
            read_keys=read_by_id,
            presence=PRESENCE,
            cost=CallCost(PAGE_SIZE, lead_time=ONE_DAY),
        ),
    ),
    initial_token=initial_token,
    token_refresh=TOKEN_REFRESH,
    rate_limits=(RateLimit("account", 1, 1),),
    lookback=30,
    connection=ConnectionNeeds(
        required_extra=("authorization",),
        together={"refresh_token": (*APP, "redirect_uri"), "client_secret": ("client_id",)},
    ),
)
