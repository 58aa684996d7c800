"""Shopify: the store's facts and its orders with visits, through the GraphQL Admin API.

GraphQL reports failures inside HTTP 200; an response with both data and errors counts as failed.
Facts: the project's Shopify sheet, sections 1 to 6.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError
from adsync.models import Account, AccountInfo, Credentials, Page, RawJson, Record, StoredPayloads
from adsync.ranges import TimeRange
from adsync.sources.base import AsyncReport, CallCost, EntityStream, IncrementalStream, RereadPolicy, Source
from adsync.sources.common import pagination
from adsync.sources.common.auth import in_header
from adsync.sources.common.decoding import decode
from adsync.sources.shopify import queries
from adsync.sources.shopify.access_warnings import notes, terms
from adsync.sources.shopify.bulk import bulk_ready, create_bulk, download_bulk
from adsync.sources.shopify.errors import Extensions, check, throttle
from adsync.sources.shopify.orders import MAX_ORDERS_BY_ID, Node, by_id, completed, unfinished
from adsync.sources.shopify.query_cost import FIRST_PAGE, MIN_PAGE_SIZE, PAGE_SIZE, affordable, count
from adsync.sources.shopify.search_filter import instant, updated_within
from adsync.sources.shopify.token_refresh import TOKEN_REFRESH

VERSION = "2026-10"
MAX_DAYS = 30
# Up to so many days, pages are there sooner than a bulk operation.
BULK_BEYOND = 45
# An operation that takes longer is ended by Shopify.
BULK_PATIENCE = timedelta(days=10)
# Few orders have more visits than come along with them, and some sixty of those share a call.
VISITS_CALLS = 0.001
REREADS = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 48))


class Store(msgspec.Struct, rename="camel"):
    name: str
    iana_timezone: str
    currency_code: str


class PageInfo(msgspec.Struct, rename="camel"):
    has_next_page: bool
    end_cursor: str | None


class Orders(msgspec.Struct, rename="camel"):
    page_info: PageInfo
    nodes: list[dict[str, Any]]


class Scope(msgspec.Struct):
    handle: str


class Installation(msgspec.Struct, rename="camel"):
    access_scopes: list[Scope]


class StoreData(msgspec.Struct, rename="camel"):
    shop: dict[str, Any]
    current_app_installation: Installation


class OrdersData(msgspec.Struct):
    orders: Orders


class StoreAnswer(msgspec.Struct):
    data: StoreData


class OrdersAnswer(msgspec.Struct):
    data: OrdersData
    extensions: Extensions = msgspec.field(default_factory=Extensions)


STORE = msgspec.json.Decoder(Store)
STORE_ANSWER = msgspec.json.Decoder(StoreAnswer)
ORDERS_ANSWER = msgspec.json.Decoder(OrdersAnswer)


async def stores(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yield the store's own facts in one call, and beside them what the app may read in which version."""
    response = await client.post("graphql.json", {"query": queries.STORE}, repeat=True)
    data = decode(response.body, STORE_ANSWER, "shopify shop").data
    scopes = [scope.handle for scope in data.current_app_installation.access_scopes]
    store = msgspec.json.encode(data.shop | terms(client, response, scopes))
    decode(store, STORE, "shopify shop")
    yield [Record(account.account_id, None, store)]


async def orders(
    client: ApiClient, account: Account, time_range: TimeRange, _stored: StoredPayloads
) -> AsyncIterator[Page]:
    """Yield the orders that were updated inside `span`, in the order of their updates but for long journeys."""
    async for page in completed(client, account, _updated(client, time_range), PAGE_SIZE):
        yield page


async def _updated(client: ApiClient, time_range: TimeRange) -> AsyncIterator[list[Node]]:
    """Pages as large as the bucket refills while a worker may wait; how fast it does, each response says."""
    most = FIRST_PAGE

    async def fetch(after: str | None, size: int) -> tuple[list[Node], str | None]:
        nonlocal most
        variables = {"filter": updated_within(time_range), "after": after, "first": min(size, most)}
        response = await client.post("graphql.json", {"query": queries.ORDERS, "variables": variables}, repeat=True)
        page = decode(response.body, ORDERS_ANSWER, "shopify orders")
        most = affordable(page.extensions)
        return [_inside(node, time_range) for node in page.data.orders.nodes], _next(page.data.orders.page_info)

    async for nodes in pagination.follow(fetch, None, PAGE_SIZE, MIN_PAGE_SIZE):
        yield nodes


def _inside(node: Node, time_range: TimeRange) -> Node:
    """The upper end is checked too: a filter that Shopify does not understand is ignored, not refused."""
    try:
        order_id, updated_at = str(node["id"]), str(node["updatedAt"])
    except KeyError as error:
        raise ContractError(f"shopify order without {error}") from error
    since, until = instant(time_range.since), instant(time_range.until)
    if not since <= updated_at < until:
        raise ContractError(
            f"shopify ignored the filter: order {order_id} of {updated_at} is outside {since} to {until}"
        )
    return node


def _next(info: PageInfo) -> str | None:
    if info.has_next_page and info.end_cursor is None:
        raise ContractError("shopify orders: the page has a next one but no endCursor to ask for it")
    return info.end_cursor if info.has_next_page else None


def base_url(credentials: Credentials, account_id: str) -> str:
    host = credentials.host or f"https://{account_id}"
    return f"{host}/admin/api/{credentials.extra.get('api_version', VERSION)}/"


def account_info(payload: RawJson) -> AccountInfo:
    store = decode(payload, STORE, "shopify shop")
    return AccountInfo(store.name, store.currency_code, store.iana_timezone)


SOURCE = Source(
    name="shopify",
    kind="store",
    base_url=base_url,
    auth=in_header("X-Shopify-Access-Token"),
    check=check,
    account_info=account_info,
    notes=notes,
    streams=(
        EntityStream("stores", stores),
        IncrementalStream(
            "orders",
            orders,
            max_days=MAX_DAYS,
            cost=CallCost(PAGE_SIZE, per_record=VISITS_CALLS),
            count=count,
            report=AsyncReport(create_bulk, bulk_ready, download_bulk, beyond_days=BULK_BEYOND, max_wait=BULK_PATIENCE),
            reread=RereadPolicy(unfinished, by_id, REREADS, MAX_ORDERS_BY_ID),
        ),
    ),
    options={"report_mode": ("auto", "sync", "async")},
    token_refresh=TOKEN_REFRESH,
    throttle=throttle,
)
