"""Lists the ids of the orders that exist, by their creation; every change of an order has its own time of update."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from adsync.api.client import ApiClient
from adsync.models import Account, ListedRecord
from adsync.ranges import TimeRange
from adsync.sources.base import PresenceCheck
from adsync.sources.common import pagination
from adsync.sources.common.decoding import decode
from adsync.sources.shopify.queries import ORDER_IDS
from adsync.sources.shopify.search_filter import created_within

PAGE_SIZE = 250


class PageInfo(msgspec.Struct, rename="camel"):
    has_next_page: bool
    end_cursor: str | None


class Id(msgspec.Struct):
    id: str


class Orders(msgspec.Struct, rename="camel"):
    page_info: PageInfo
    nodes: list[Id]


class Data(msgspec.Struct):
    orders: Orders


class Answer(msgspec.Struct):
    data: Data


ANSWER = msgspec.json.Decoder(Answer)


async def list_orders(client: ApiClient, _account: Account, created_in: TimeRange) -> AsyncIterator[list[ListedRecord]]:
    """Yields the id of every order created in the range."""

    async def fetch(after: str | None, size: int) -> tuple[list[ListedRecord], str | None]:
        variables = {"filter": created_within(created_in), "after": after, "first": size}
        response = await client.post("graphql.json", {"query": ORDER_IDS, "variables": variables}, repeat=True)
        found = decode(response.body, ANSWER, "shopify order ids").data.orders
        following = found.page_info.end_cursor if found.page_info.has_next_page else None
        return [ListedRecord(node.id) for node in found.nodes], following

    async for page in pagination.follow(fetch, None, PAGE_SIZE):
        yield page


PRESENCE = PresenceCheck(list_orders, ("createdAt",), None, PAGE_SIZE)
