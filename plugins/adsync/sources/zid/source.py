"""Zid: the store's facts and its orders, by the time they were last updated.

A list says how many orders there are and nothing of pages; what it leaves out by default it leaves out silently.
Facts: the project's Zid sheet, sections 1 to 6.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, TemporaryError
from adsync.models import Account, Page, RateLimit, RecordCount, StoredPayloads
from adsync.ranges import ONE_DAY, TimeRange
from adsync.sources.base import CallCost, EntityStream, IncrementalStream, Source
from adsync.sources.common.decoding import decode
from adsync.sources.zid.auth import TOKEN_REFRESH, account_info, auth, base_url, initial_token, stores
from adsync.sources.zid.errors import check
from adsync.sources.zid.orders import Order, origin_told, read, record
from adsync.sources.zid.timezone_check import Clocks

LOG = logging.getLogger(__name__)
PAGE_SIZE = 100
MAX_PASSES = 4
MAX_DAYS = 30


class Listing(msgspec.Struct):
    orders: list[msgspec.Raw]
    total_order_count: int


LISTING = msgspec.json.Decoder(Listing)


@dataclass
class Pass:
    """One reading of the list: the distinct orders it held, those of its last page, and how many it claimed."""

    ids: set[int] = field(default_factory=set)
    last: list[int] = field(default_factory=list)
    number: int = 0
    claimed: int = 0

    def takes(self, orders: list[Order], claimed: int) -> bool:
        """Whether more is to come after this page; ContractError when it is the one before once more."""
        page = [order.id for order in orders]
        if page and page == self.last:
            raise ContractError(f"zid gave page {self.number} again instead of page {self.number + 1}")
        is_news = not self.ids.issuperset(page)
        self.ids |= set(page)
        self.last, self.number, self.claimed = page, self.number + 1, claimed
        return is_news and len(self.ids) < claimed


async def orders(
    client: ApiClient, account: Account, time_range: TimeRange, _stored: StoredPayloads
) -> AsyncIterator[Page]:
    """Yield the orders updated inside `span`, and some of the day before: whether its bounds count, nobody says.

    The list is read again until it held as many orders as it claims.
    """
    before: dict[int, str] = {}
    told, clocks = "", Clocks(ZoneInfo(account.timezone))
    listed = TimeRange(time_range.since - ONE_DAY, time_range.until)
    for _ in range(MAX_PASSES):
        reading, more = Pass(), True
        while more:
            listing = await _listing(client, listed, reading.number + 1)
            found = [(item, _inside(read(item), time_range)) for item in listing.orders]
            more = reading.takes([order for _, order in found], listing.total_order_count)
            fresh = [(item, order) for item, order in found if before.get(order.id) != order.updated_at]
            before |= {order.id: order.updated_at for _, order in fresh}
            for _, order in fresh:
                clocks.look(order)
            told = told or next(filter(None, (origin_told(item) for item, _ in fresh)), "")
            yield [record(item, order, account.customer_key) for item, order in fresh]
        if len(reading.ids) == reading.claimed:
            clocks.judge()
            if told:
                LOG.warning("%s: zid now tells `%s` of orders: their campaigns may be known from it", account, told)
            return
    raise TemporaryError(f"zid listed {len(reading.ids)} orders and counted {reading.claimed}, again and again")


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


def _inside(order: Order, time_range: TimeRange) -> Order:
    """A filter that is ignored would give everything, every hour; a day more for clocks of another zone."""
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
