"""How large a page of orders may be, and how many orders there are.

Each response tells how fast the shop's bucket fills: that is what a page may cost, and what a plan counts with.
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
# What the slowest plan refills while a worker may wait.
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


def affordable(extensions: Extensions) -> int:
    """How many orders the bucket refills while a worker may wait."""
    bucket = extensions.cost and extensions.cost.throttle_status
    points = bucket.restore_rate * MAX_WAIT if bucket else 0.0
    return max(MIN_PAGE_SIZE, int(points) // ORDER_POINTS) if points else FIRST_PAGE


async def count(client: ApiClient, _account: Account, time_range: TimeRange) -> RecordCount:
    """How many orders were updated inside `span`, and how many this shop's plan allows in a page."""
    query = {"query": ORDERS_COUNT, "variables": {"filter": updated_within(time_range)}}
    found = decode((await client.post("graphql.json", query, repeat=True)).body, COUNT_ANSWER, "shopify count")
    return RecordCount(found.data.orders_count.count, min(PAGE_SIZE, affordable(found.extensions)))
