"""The page size that a shop's plan allows, and the number of its orders.

Each response reports how fast the shop's bucket refills, which limits the cost of a page.
"""

from __future__ import annotations

import msgspec

from adsync.api.client import MAX_WAIT, ApiClient
from adsync.models import Account, RecordCount
from adsync.ranges import TimeRange
from adsync.sources.common.decoding import decode
from adsync.sources.shopify.errors import Extensions
from adsync.sources.shopify.queries import ORDER_POINTS, ORDERS_COUNT
from adsync.sources.shopify.search_filter import updated_within

PAGE_SIZE = 60
# What the slowest plan refills within the longest wait.
FIRST_PAGE = 33
MIN_PAGE_SIZE = 5


class Count(msgspec.Struct):
    count: int


class CountData(msgspec.Struct, rename="camel"):
    orders_count: Count


class CountAnswer(msgspec.Struct):
    data: CountData
    extensions: Extensions = msgspec.field(default_factory=Extensions)


COUNT_ANSWER = msgspec.json.Decoder(CountAnswer)


def max_page_size(extensions: Extensions) -> int:
    """Returns how many orders the bucket refills within the longest wait."""
    bucket = extensions.cost and extensions.cost.throttle_status
    points = bucket.restore_rate * MAX_WAIT if bucket else 0.0
    return max(MIN_PAGE_SIZE, int(points) // ORDER_POINTS) if points else FIRST_PAGE


async def count(client: ApiClient, _account: Account, time_range: TimeRange) -> RecordCount:
    """Returns how many orders were updated in the range, and how many the shop's plan allows per page."""
    query = {"query": ORDERS_COUNT, "variables": {"filter": updated_within(time_range)}}
    found = decode((await client.post("graphql.json", query, repeat=True)).body, COUNT_ANSWER, "shopify count")
    return RecordCount(found.data.orders_count.count, min(PAGE_SIZE, max_page_size(found.extensions)))
