"""Shopify: the store and its orders with visits, from the GraphQL Admin API.

GraphQL returns errors inside HTTP 200; a response with both data and errors counts as failed.
Reference: the project's Shopify sheet, sections 1 to 6.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError
from adsync.models import Account, AccountInfo, Credentials, Page, RawJson, Record, RejectedRecord, StoredPayloads
from adsync.ranges import TimeRange
from adsync.sources.base import (
    APP,
    AsyncReport,
    CallCost,
    ConnectionNeeds,
    EntityStream,
    IncrementalStream,
    RereadPolicy,
    Source,
)
from adsync.sources.common import account_ids, pagination
from adsync.sources.common.auth import in_header
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import build_page
from adsync.sources.shopify import queries
from adsync.sources.shopify.access_warnings import notes, terms
from adsync.sources.shopify.bulk import download_bulk, is_bulk_ready, start_bulk
from adsync.sources.shopify.errors import Extensions, check, throttle
from adsync.sources.shopify.orders import MAX_ORDERS_BY_ID, SHAPE, Node, is_unfinished, read_by_id, with_all_visits
from adsync.sources.shopify.presence import PRESENCE
from adsync.sources.shopify.query_cost import FIRST_PAGE, MIN_PAGE_SIZE, PAGE_SIZE, count, max_page_size
from adsync.sources.shopify.search_filter import instant, updated_within
from adsync.sources.shopify.token_refresh import TOKEN_REFRESH

VERSION = "2026-10"
MAX_DAYS = 30
# For fewer days, pages are faster than a bulk operation.
BULK_BEYOND_DAYS = 45
# Shopify ends longer operations.
BULK_MAX_WAIT = timedelta(days=10)
# Few orders have more than the included visits, and about sixty of those share a call.
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
    nodes: list[Any]


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
    """Yields the store's own record in one call, with the app's scopes and the API version."""
    response = await client.post("graphql.json", {"query": queries.STORE}, repeat=True)
    data = decode(response.body, STORE_ANSWER, "shopify shop").data
    scopes = [scope.handle for scope in data.current_app_installation.access_scopes]
    store = msgspec.json.encode(data.shop | terms(client, response, scopes))
    decode(store, STORE, "shopify shop")
    yield [Record(account.account_id, None, store)]


async def orders(
    client: ApiClient, account: Account, time_range: TimeRange, _stored: StoredPayloads
) -> AsyncIterator[Page]:
    """Yields the orders that were updated in the range, by time of update except for long journeys."""
    async for page in with_all_visits(client, account, _updated(client, time_range), PAGE_SIZE):
        yield page


async def _updated(client: ApiClient, time_range: TimeRange) -> AsyncIterator[list[Node | RejectedRecord]]:
    """Yields pages as large as the bucket refills within the longest wait, by the rate in each response."""
    limit = FIRST_PAGE

    async def fetch(after: str | None, size: int) -> tuple[list[Node | RejectedRecord], str | None]:
        nonlocal limit
        variables = {"filter": updated_within(time_range), "after": after, "first": min(size, limit)}
        response = await client.post("graphql.json", {"query": queries.ORDERS, "variables": variables}, repeat=True)
        page = decode(response.body, ORDERS_ANSWER, "shopify orders")
        limit = max_page_size(page.extensions)
        found = build_page(page.data.orders.nodes, partial(_checked, time_range), SHAPE)
        return found, _next(page.data.orders.page_info)

    async for nodes in pagination.follow(fetch, None, PAGE_SIZE, MIN_PAGE_SIZE):
        yield nodes


def _checked(time_range: TimeRange, node: Node) -> Node:
    """Returns the order if it is not older than the range: Shopify ignores an invalid filter without an error.

    An order that was updated after the search found it is newer than the range.
    """
    try:
        order_id, updated_at = str(node["id"]), str(node["updatedAt"])
    except KeyError as error:
        raise ContractError(f"missing {error} in a shopify order") from error
    since = instant(time_range.since)
    if updated_at < since:
        raise ContractError(f"shopify ignored the filter: order {order_id} of {updated_at} is older than {since}")
    return node


def _next(info: PageInfo) -> str | None:
    if info.has_next_page and info.end_cursor is None:
        raise ContractError("shopify orders: the page has a next page but no endCursor")
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
    normalize_id=account_ids.shop_domain,
    notes=notes,
    streams=(
        EntityStream("stores", stores),
        IncrementalStream(
            "orders",
            orders,
            max_days=MAX_DAYS,
            cost=CallCost(PAGE_SIZE, per_record=VISITS_CALLS),
            count=count,
            report=AsyncReport(
                start_bulk, is_bulk_ready, download_bulk, beyond_days=BULK_BEYOND_DAYS, max_wait=BULK_MAX_WAIT
            ),
            reread=RereadPolicy(is_unfinished, read_by_id, REREADS, MAX_ORDERS_BY_ID),
            read_keys=read_by_id,
            presence=PRESENCE,
        ),
    ),
    options={"report_mode": ("auto", "sync", "async")},
    token_refresh=TOKEN_REFRESH,
    throttle=throttle,
    connection=ConnectionNeeds(
        extra=("api_version",), together={"refresh_token": APP, "client_secret": ("client_id",)}
    ),
)
