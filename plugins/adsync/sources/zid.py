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

from adsync.errors import ContractError, TemporaryError
from adsync.sources.base import Account, Limit, Page, Source, Stream
from adsync.sources.decode import decode
from adsync.sources.zid_clocks import Clocks
from adsync.sources.zid_errors import check
from adsync.sources.zid_orders import Order, origin_told, read, record
from adsync.sources.zid_session import RENEWAL, auth, base_url, facts, seed, stores
from adsync.transport import Client
from adsync.window import ONE_DAY, Span

LOG = logging.getLogger(__name__)
PAGE_SIZE = 100
MOST_PASSES = 4
LONGEST_SPAN = 30


class Listing(msgspec.Struct):
    orders: list[msgspec.Raw]
    total_order_count: int


LISTING = msgspec.json.Decoder(Listing)


@dataclass
class Pass:
    """One reading of the list: the distinct orders it held, and how many it claimed."""

    ids: set[int] = field(default_factory=set)
    claimed: int = 0

    def takes(self, orders: list[Order]) -> bool:
        """Whether more is to come after these."""
        self.ids |= {order.id for order in orders}
        return bool(orders) and len(self.ids) < self.claimed


async def orders(client: Client, account: Account, span: Span) -> AsyncIterator[Page]:
    """Yield the orders updated inside `span`, and some of the day before: whether its bounds count, nobody says.

    The list is read again until it held as many orders as it claims.
    """
    before: dict[int, str] = {}
    told, clocks = "", Clocks(ZoneInfo(account.timezone))
    for _ in range(MOST_PASSES):
        reading, number, more = Pass(), 0, True
        while more:
            number += 1
            listing = await _listing(client, span, number)
            found = [(item, _inside(read(item), span)) for item in listing.orders]
            reading.claimed = listing.total_order_count
            more = reading.takes([order for _, order in found])
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


async def _listing(client: Client, span: Span, number: int) -> Listing:
    params = {
        "payload_type": "default",
        "date_attribute": "updated_at",
        "date_from": _clock(span.since - ONE_DAY),
        "date_to": _clock(span.until),
        "sort_by": "asc",
        "page": str(number),
        "per_page": str(PAGE_SIZE),
    }
    return decode((await client.get("managers/store/orders", params)).body, LISTING, "zid orders")


def _inside(order: Order, span: Span) -> Order:
    """A filter that is ignored would give everything, every hour; a day more for clocks of another zone."""
    if not span.since - 2 * ONE_DAY <= order.changed_at < span.until + ONE_DAY:
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
    facts=facts,
    streams=(
        Stream("stores", "entity", stores),
        Stream("orders", "changes", orders, longest=LONGEST_SPAN),
    ),
    seed=seed,
    renewal=RENEWAL,
    limits=(Limit("account", 1, 1),),
)
