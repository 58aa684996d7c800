"""Orders as they are stored: with all their visits, freed of personal data.

A page of orders brings first and last visit, which is all that most orders have. The visits of the others are
asked for by id, in as few calls as the price of a query allows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, TooMuchData
from adsync.models import Account, Page, Record
from adsync.sources.common.decoding import decode
from adsync.sources.common.pii import without_personal_data
from adsync.sources.shopify.queries import MOMENTS, ORDER_POINTS, ORDERS_BY_ID

# The slowest plan refills them while a worker may wait; one query may cost twice as many.
MAX_POINTS = 500
MAX_IDS = 250
MAX_ORDERS_BY_ID = MAX_POINTS // ORDER_POINTS
MAX_VISITS = 250
# First and last visit, which every order brings along.
INCLUDED_VISITS = 2
MAX_WAITING = 500
# Journeys are ready within hours, as a rule; for some orders there will never be one.
FRESH = timedelta(hours=48)

Node = dict[str, Any]


class Nodes(msgspec.Struct):
    nodes: list[Node | None]


class NodesAnswer(msgspec.Struct):
    data: Nodes


class Journey(msgspec.Struct):
    ready: bool


class Made(msgspec.Struct, rename="camel"):
    created_at: datetime
    customer_journey_summary: Journey | None


NODES_ANSWER = msgspec.json.Decoder(NodesAnswer)
MADE = msgspec.json.Decoder(Made)


async def completed(
    client: ApiClient, account: Account, pages: AsyncIterator[list[Node]], size: int
) -> AsyncIterator[Page]:
    """Yield the orders as records, at most `size` in a page; those that lack visits come when their calls are full."""
    waiting: list[Node] = []
    async for nodes in pages:
        waiting += [node for node in nodes if _visits(node) > INCLUDED_VISITS]
        yield [_record(_closed(node), account) for node in nodes if _visits(node) <= INCLUDED_VISITS]
        if len(waiting) >= MAX_WAITING:
            async for page in _with_moments(client, account, waiting, size):
                yield page
            waiting = []
    async for page in _with_moments(client, account, waiting, size):
        yield page


async def by_id(client: ApiClient, account: Account, ids: Sequence[str]) -> AsyncIterator[Page]:
    """Yield those of the orders that still exist, as they are now."""

    async def pages() -> AsyncIterator[list[Node]]:
        for start in range(0, len(ids), MAX_ORDERS_BY_ID):
            yield await _nodes(client, ORDERS_BY_ID, {"ids": list(ids[start : start + MAX_ORDERS_BY_ID])})

    async for page in completed(client, account, pages(), MAX_VISITS):
        yield page


def unfinished(record: Record, now: datetime) -> bool:
    """Whether the journey is still being worked out; a fresh order without one may yet get one."""
    order = decode(record.payload, MADE, "shopify order")
    if journey := order.customer_journey_summary:
        return not journey.ready
    return now - order.created_at < FRESH


async def _with_moments(client: ApiClient, account: Account, orders: list[Node], size: int) -> AsyncIterator[Page]:
    for batch in _batches(sorted(orders, key=_visits)):
        async for part in _asked(client, batch):
            for start in range(0, len(part), size):
                yield [_record(node, account) for node in part[start : start + size]]


async def _asked(client: ApiClient, orders: list[Node]) -> AsyncIterator[list[Node]]:
    """Put the visits into the orders; a call that is too dear is halved."""
    most = min(max(_visits(order) for order in orders), MAX_VISITS)
    try:
        responses = await _nodes(client, MOMENTS, {"ids": [order["id"] for order in orders], "most": most})
    except TooMuchData:
        if len(orders) == 1:
            raise
        half = len(orders) // 2
        for part in (orders[:half], orders[half:]):
            async for done in _asked(client, part):
                yield done
        return
    moments = {response["id"]: (response["customerJourneySummary"] or {}).get("moments") for response in responses}
    # An order that was deleted in between keeps what is known of it.
    yield [_closed(order, moments.get(order["id"])) for order in orders]


async def _nodes(client: ApiClient, query: str, variables: dict[str, Any]) -> list[Node]:
    response = await client.post("graphql.json", {"query": query, "variables": variables}, repeat=True)
    found = decode(response.body, NODES_ANSWER, "shopify nodes").data.nodes
    return [node for node in found if node]


def _batches(orders: list[Node]) -> Iterator[list[Node]]:
    """Cut orders, those with the fewest visits first, into calls that can be paid."""
    batch: list[Node] = []
    for order in orders:
        # Order, journey, and of each visit itself and its UTM; all are asked for as many as the longest has.
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


def _closed(order: Node, moments: Node | None = None) -> Node:
    """The order with its visits where `moments(first:)` has them; null where the journey says nothing yet."""
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
        raise ContractError(f"shopify order without {error}") from error
    return Record(key, None, msgspec.json.encode(without_personal_data(node, account.customer_key)))
