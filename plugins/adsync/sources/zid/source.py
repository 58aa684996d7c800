"""Zid: the store and its orders, by the time they were last updated.

The list reports the number of orders but not of pages, and omits some fields by default.
Reference: the project's Zid sheet, sections 1 to 6.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, TemporaryError
from adsync.models import Account, Page, RateLimit, RecordCount, StoredPayloads
from adsync.ranges import ONE_DAY, TimeRange
from adsync.sources.base import CallCost, EntityStream, IncrementalStream, Source
from adsync.sources.common.decoding import decode
from adsync.sources.zid.auth import TOKEN_REFRESH, account_info, auth, base_url, initial_token, stores
from adsync.sources.zid.errors import check
from adsync.sources.zid.orders import Order, origin_field, read, record
from adsync.sources.zid.timezone_check import TimezoneCheck

LOG = logging.getLogger(__name__)
PAGE_SIZE = 100
MAX_READS = 4
MAX_DAYS = 30


class Listing(msgspec.Struct):
    orders: list[msgspec.Raw]
    total_order_count: int


LISTING = msgspec.json.Decoder(Listing)


@dataclass
class ListRead:
    """One read of the list: its distinct orders, those of the last page, and its reported total."""

    ids: set[int] = field(default_factory=set)
    last: list[int] = field(default_factory=list)
    number: int = 0
    total: int = 0

    def add_page(self, orders: list[Order], total: int) -> bool:
        """Returns whether more pages follow; ContractError if the page repeats the previous one."""
        page = [order.id for order in orders]
        if page and page == self.last:
            raise ContractError(f"zid returned page {self.number} again instead of page {self.number + 1}")
        has_new = not self.ids.issuperset(page)
        self.ids |= set(page)
        self.last, self.number, self.total = page, self.number + 1, total
        return has_new and len(self.ids) < total


async def orders(
    client: ApiClient, account: Account, time_range: TimeRange, _stored: StoredPayloads
) -> AsyncIterator[Page]:
    """Yields the orders updated in the range, and some of the day before: whether bounds are inclusive is undocumented.

    The list is read again until it contains as many orders as it reports.
    """
    yielded: dict[int, str] = {}
    origin, timezone_check = "", TimezoneCheck(account.zone)
    listed = TimeRange(time_range.since - ONE_DAY, time_range.until)
    for _ in range(MAX_READS):
        current, has_more = ListRead(), True
        while has_more:
            listing = await _listing(client, listed, current.number + 1)
            found = [(item, _checked(read(item), time_range)) for item in listing.orders]
            has_more = current.add_page([order for _, order in found], listing.total_order_count)
            fresh = [(item, order) for item, order in found if yielded.get(order.id) != order.updated_at]
            yielded |= {order.id: order.updated_at for _, order in fresh}
            for _, order in fresh:
                timezone_check.add(order)
            origin = origin or next(filter(None, (origin_field(item) for item, _ in fresh)), "")
            yield [record(item, order, account.customer_key) for item, order in fresh]
        if len(current.ids) == current.total:
            timezone_check.verify()
            if origin:
                LOG.warning("%s: zid now returns `%s` of orders, which may name their campaigns", account, origin)
            return
    raise TemporaryError(f"zid listed {len(current.ids)} orders but reported {current.total}, {MAX_READS} times")


async def count(client: ApiClient, _account: Account, time_range: TimeRange) -> RecordCount:
    return RecordCount((await _listing(client, time_range, 1, size=1)).total_order_count)


async def _listing(client: ApiClient, time_range: TimeRange, number: int, size: int = 0) -> Listing:
    params = {
        "payload_type": "default",
        "date_attribute": "updated_at",
        "date_from": _clock(time_range.since),
        "date_to": _clock(time_range.until),
        "sort_by": "asc",
        "page": str(number),
        "per_page": str(size or PAGE_SIZE),
    }
    return decode((await client.get("managers/store/orders", params)).body, LISTING, "zid orders")


def _checked(order: Order, time_range: TimeRange) -> Order:
    """Returns the order if it lies in the range, with a day of tolerance: an ignored filter would return all orders."""
    if not time_range.since - 2 * ONE_DAY <= order.changed_at < time_range.until + ONE_DAY:
        raise ContractError(f"zid ignored the filter: order {order.id} was updated at {order.updated_at}")
    return order


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


SOURCE = Source(
    name="zid",
    kind="store",
    base_url=base_url,
    auth=auth,
    check=check,
    account_info=account_info,
    streams=(
        EntityStream("stores", stores),
        IncrementalStream("orders", orders, MAX_DAYS, count=count, cost=CallCost(PAGE_SIZE, lead_time=ONE_DAY)),
    ),
    initial_token=initial_token,
    token_refresh=TOKEN_REFRESH,
    rate_limits=(RateLimit("account", 1, 1),),
    lookback=30,
)
