"""Shopify: the store's facts and its orders with visits, through the GraphQL Admin API.

GraphQL reports failures inside HTTP 200; an answer with both data and errors counts as failed.
Facts: the project's Shopify sheet, sections 1 to 6.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec

from adsync.errors import ContractError
from adsync.sources import paging
from adsync.sources.auth import in_header
from adsync.sources.base import Account, Credentials, Facts, Page, Record, Source, Stream, Text
from adsync.sources.decode import decode
from adsync.sources.personal import without_personal_data
from adsync.sources.shopify_errors import check, pause
from adsync.sources.shopify_token import RENEWAL
from adsync.transport import Client
from adsync.window import Span

VERSION = "2026-10"
PAGE_SIZE = 50
SMALLEST_PAGE = 5
LONGEST_SPAN = 30

STORE_QUERY = "query Store { shop { id name myshopifyDomain ianaTimezone currencyCode } }"
ORDERS_QUERY = """
query OrdersUpdated($filter: String!, $after: String, $first: Int!) {
  orders(first: $first, after: $after, query: $filter, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id legacyResourceId name test createdAt processedAt updatedAt cancelledAt
      displayFinancialStatus displayFulfillmentStatus currencyCode paymentGatewayNames
      totalPriceSet { shopMoney { amount currencyCode } }
      totalRefundedSet { shopMoney { amount } }
      netPaymentSet { shopMoney { amount } }
      customAttributes { key value }
      customer { id }
      customerJourneySummary {
        ready customerOrderIndex
        firstVisit { ...Visit }
        lastVisit { ...Visit }
        moments(first: 10) { nodes { occurredAt ... on CustomerVisit { ...Visit } } }
      }
    }
  }
}
fragment Visit on CustomerVisit {
  id occurredAt landingPage referrerUrl source
  utmParameters { source medium campaign content term }
}
"""


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


class StoreData(msgspec.Struct):
    shop: msgspec.Raw


class OrdersData(msgspec.Struct):
    orders: Orders


class StoreAnswer(msgspec.Struct):
    data: StoreData


class OrdersAnswer(msgspec.Struct):
    data: OrdersData


STORE = msgspec.json.Decoder(Store)
STORE_ANSWER = msgspec.json.Decoder(StoreAnswer)
ORDERS_ANSWER = msgspec.json.Decoder(OrdersAnswer)


async def stores(client: Client, account: Account) -> AsyncIterator[Page]:
    """Yield the store's own facts, in one call."""
    answer = await client.post("graphql.json", {"query": STORE_QUERY}, repeat=True)
    shop = decode(answer.body, STORE_ANSWER, "shopify shop").data.shop
    decode(shop, STORE, "shopify shop")
    yield [Record(account.account_id, None, shop)]


async def orders(client: Client, account: Account, span: Span) -> AsyncIterator[Page]:
    """Yield the orders that were updated inside `span`, in the order of their updates.

    The upper end is checked too: a filter that Shopify does not understand is ignored, not refused.
    """
    since, until = _instant(span.since), _instant(span.until)
    variables = {"filter": f"updated_at:>='{since}' AND updated_at:<'{until}'"}

    async def fetch(after: str | None, size: int) -> tuple[list[Record], str | None]:
        query = {"query": ORDERS_QUERY, "variables": {**variables, "after": after, "first": size}}
        answer = await client.post("graphql.json", query, repeat=True)
        page = decode(answer.body, ORDERS_ANSWER, "shopify orders").data.orders
        records = [_record(node, since, until, account.customer_key) for node in page.nodes]
        return records, _next(page.page_info)

    async for records in paging.follow(fetch, None, PAGE_SIZE, SMALLEST_PAGE):
        yield records


def _record(node: dict[str, Any], since: str, until: str, key: bytes) -> Record:
    try:
        order_id, updated_at = str(node["id"]), str(node["updatedAt"])
    except KeyError as error:
        raise ContractError(f"shopify order without {error}") from error
    if not since <= updated_at < until:
        raise ContractError(
            f"shopify ignored the filter: order {order_id} of {updated_at} is outside {since} to {until}"
        )
    return Record(order_id, None, msgspec.json.encode(without_personal_data(node, key)))


def _next(info: PageInfo) -> str | None:
    if info.has_next_page and info.end_cursor is None:
        raise ContractError("shopify orders: the page has a next one but no endCursor to ask for it")
    return info.end_cursor if info.has_next_page else None


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def base_url(credentials: Credentials, account_id: str) -> str:
    host = credentials.host or f"https://{account_id}"
    return f"{host}/admin/api/{credentials.extra.get('api_version', VERSION)}/"


def facts(payload: Text) -> Facts:
    store = decode(payload, STORE, "shopify shop")
    return Facts(store.name, store.currency_code, store.iana_timezone)


SOURCE = Source(
    name="shopify",
    kind="store",
    base_url=base_url,
    auth=in_header("X-Shopify-Access-Token"),
    check=check,
    facts=facts,
    streams=(
        Stream("stores", "entity", stores),
        Stream("orders", "changes", orders, longest=LONGEST_SPAN),
    ),
    renewal=RENEWAL,
    pause=pause,
)
