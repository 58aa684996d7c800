"""Orders as they are stored: with all their visits, without personal data.

A page of orders includes the first and last visit, which is all that most orders have. The visits of the others are
requested by id, in as few calls as the cost limit of a query allows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, TooMuchData
from adsync.models import Account, Page, Record, RejectedRecord, StoredPayloads
from adsync.sources.common.decoding import decode
from adsync.sources.common.pii import without_personal_data
from adsync.sources.common.records import RecordShape, build_page, built, rejects
from adsync.sources.shopify.queries import CURRENT_TOTALS, MOMENTS, ORDER_POINTS, ORDERS_BY_ID

# The slowest plan refills so many within the longest wait; one query may cost twice as many.
MAX_POINTS = 500
MAX_IDS = 250
MAX_ORDERS_BY_ID = MAX_POINTS // ORDER_POINTS
MAX_VISITS = 250
# First and last visit, part of every order.
INCLUDED_VISITS = 2
MAX_WAITING = 500
# Journeys are usually ready within hours; some orders never get one.
MAX_JOURNEY_DELAY = timedelta(hours=48)

Node = dict[str, Any]


class Nodes(msgspec.Struct):
    nodes: list[Any]


class NodesAnswer(msgspec.Struct):
    data: Nodes


class Journey(msgspec.Struct):
    ready: bool


class JourneyState(msgspec.Struct, rename="camel"):
    created_at: datetime
    customer_journey_summary: Journey | None


SHAPE = RecordShape("shopify order", shown=("name", "createdAt", "updatedAt", "displayFinancialStatus", "currencyCode"))
NODES_ANSWER = msgspec.json.Decoder(NodesAnswer)
JOURNEY_STATE = msgspec.json.Decoder(JourneyState)


class Order(NamedTuple):
    """An order of a page: its record with the included visits, and the number of all."""

    record: Record
    node: Node
    visits: int


def _order(account: Account, node: Node) -> Order:
    return Order(_record(_with_visits(node), account), node, _visits(node))


async def with_all_visits(
    client: ApiClient, account: Account, pages: AsyncIterator[list[Node | RejectedRecord]], size: int
) -> AsyncIterator[Page]:
    """Yields the orders as records, at most `size` per page; orders with more visits follow when a call is filled."""
    waiting: list[Node] = []
    async for nodes in pages:
        page = build_page(await _with_current_totals(client, built(nodes)), partial(_order, account), SHAPE)
        waiting += [each.node for each in built(page) if each.visits > INCLUDED_VISITS]
        few = [each.record for each in built(page) if each.visits <= INCLUDED_VISITS]
        yield [*few, *rejects(page), *rejects(nodes)]
        if len(waiting) >= MAX_WAITING:
            async for page in _with_requested_visits(client, account, waiting, size):
                yield page
            waiting = []
    async for page in _with_requested_visits(client, account, waiting, size):
        yield page


async def read_by_id(
    client: ApiClient, account: Account, ids: Sequence[str], _stored: StoredPayloads | None = None
) -> AsyncIterator[Page]:
    """Yields the current state of the orders that still exist."""

    async def pages() -> AsyncIterator[list[Node | RejectedRecord]]:
        for start in range(0, len(ids), MAX_ORDERS_BY_ID):
            yield [*await _nodes(client, ORDERS_BY_ID, {"ids": list(ids[start : start + MAX_ORDERS_BY_ID])})]

    async for page in with_all_visits(client, account, pages(), MAX_VISITS):
        yield page


def is_unfinished(record: Record, now: datetime) -> bool:
    """Whether Shopify may still add to the journey, or to a new order without one."""
    try:
        order = decode(record.payload, JOURNEY_STATE, "shopify order")
    except ContractError:
        return False
    if journey := order.customer_journey_summary:
        return not journey.ready
    return now - order.created_at < MAX_JOURNEY_DELAY


async def _with_current_totals(client: ApiClient, orders: Sequence[Node]) -> list[Node]:
    """Returns the orders, edited ones with the total that their edits left."""
    edited = [str(order["id"]) for order in orders if order.get("edited") is True and "id" in order]
    totals: dict[str, Any] = {}
    for start in range(0, len(edited), MAX_IDS):
        for node in await _nodes(client, CURRENT_TOTALS, {"ids": edited[start : start + MAX_IDS]}):
            totals[str(node.get("id"))] = node.get("currentTotalPriceSet")
    return [
        {**order, "currentTotalPriceSet": total} if (total := totals.get(str(order.get("id")))) else order
        for order in orders
    ]


async def _with_requested_visits(
    client: ApiClient, account: Account, orders: list[Node], size: int
) -> AsyncIterator[Page]:
    for batch in _batches(sorted(orders, key=_visits)):
        async for part in _request_visits(client, batch):
            for start in range(0, len(part), size):
                yield build_page(part[start : start + size], lambda node: _record(node, account), SHAPE)


async def _request_visits(client: ApiClient, orders: list[Node]) -> AsyncIterator[list[Node]]:
    """Yields the orders with their visits; a call that costs too much is halved."""
    limit = min(max(_visits(order) for order in orders), MAX_VISITS)
    try:
        nodes = await _nodes(client, MOMENTS, {"ids": [order["id"] for order in orders], "most": limit})
    except TooMuchData:
        if len(orders) == 1:
            raise
        half = len(orders) // 2
        for part in (orders[:half], orders[half:]):
            async for done in _request_visits(client, part):
                yield done
        return
    journeys = {str(node.get("id")): node.get("customerJourneySummary") for node in nodes}
    moments = {key: journey.get("moments") for key, journey in journeys.items() if isinstance(journey, dict)}
    # An order that was deleted meanwhile keeps the visits it has.
    yield [_with_visits(order, moments.get(str(order["id"]))) for order in orders]


async def _nodes(client: ApiClient, query: str, variables: dict[str, Any]) -> list[Node]:
    response = await client.post("graphql.json", {"query": query, "variables": variables}, repeat=True)
    found = decode(response.body, NODES_ANSWER, "shopify nodes").data.nodes
    return [node for node in found if isinstance(node, dict)]


def _batches(orders: list[Node]) -> Iterator[list[Node]]:
    """Splits orders, those with the fewest visits first, into calls below the cost limit."""
    batch: list[Node] = []
    for order in orders:
        # Order and journey, then each visit and its UTM; all orders are charged for the longest list.
        points = (len(batch) + 1) * (2 + 2 * min(_visits(order), MAX_VISITS))
        if batch and (points > MAX_POINTS or len(batch) == MAX_IDS):
            yield batch
            batch = []
        batch.append(order)
    if batch:
        yield batch


def _visits(order: Node) -> int:
    count = (order.get("customerJourneySummary") or {}).get("momentsCount") or {}
    return int(count.get("count", 0))


def _with_visits(order: Node, moments: Node | None = None) -> Node:
    """Returns the order with its visits in the place of `moments(first:)`; null while the journey is not ready."""
    journey = order.get("customerJourneySummary")
    if not journey:
        return order
    if moments is None and journey.get("momentsCount"):
        ends = [visit for visit in (journey.get("firstVisit"), journey.get("lastVisit")) if visit]
        moments = {"nodes": list({visit["id"]: visit for visit in ends}.values())}
    return {**order, "customerJourneySummary": {**journey, "moments": moments}}


def _record(node: Node, account: Account) -> Record:
    try:
        key = str(node["id"])
    except KeyError as error:
        raise ContractError(f"missing {error} in a shopify order") from error
    return Record(key, None, msgspec.json.encode(without_personal_data(node, account.customer_key)))
