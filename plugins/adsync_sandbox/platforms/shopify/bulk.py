"""Shopify's bulk operations: started by a mutation, polled, downloaded as JSON lines (sheet, section 2).

Children of a connection are separate lines with __parentId that, unless grouped, need not follow their parent. Numbers
are strings. One operation runs at a time, and a result without rows has no URL.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.platforms.shopify.graphql.query import Executor, Query, Refused, Source, check
from adsync_sandbox.platforms.shopify.graphql.query_language import Document, Field, SyntaxFault, read
from adsync_sandbox.platforms.shopify.graphql.schema import TYPES, is_connection
from adsync_sandbox.platforms.shopify.order_search import Finder
from adsync_sandbox.platforms.shopify.orders import iso

ROOT = "QueryRoot"
MOST_CONNECTIONS = 5
Line = dict[str, object]


@dataclass
class Operation:
    """A bulk operation, with the number of polls so far."""

    id: str
    number: int
    lines: list[Line]
    roots: int
    polls: int = 0

    @property
    def text(self) -> str:
        return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in self.lines)


@dataclass
class Bulk:
    """The bulk operations of one shop; `base` is the URL of the downloads."""

    finder: Finder
    store: Store
    polls_until_ready: int
    operations: list[Operation] = field(default_factory=list)

    def run(self, base: str, arguments: Mapping[str, object]) -> Source:
        """Starts an operation, or returns an error."""
        if self.operations and not self._ready(self.operations[-1]):
            return _refused("OPERATION_IN_PROGRESS", "A bulk query operation for this app and shop is in progress")
        try:
            lines, roots = self._lines(str(arguments["query"]), grouped=bool(arguments.get("groupObjects", False)))
        except (Refused, SyntaxFault, KeyError) as error:
            return _refused("INVALID", str(error))
        number = len(self.operations) + 1
        made = Operation(f"gid://shopify/BulkOperation/{self.store.number}{number:06d}", number, lines, roots)
        self.operations.append(made)
        return {"bulkOperation": self._node(made, base), "userErrors": []}

    def poll(self, base: str, operation_id: object) -> Source | None:
        """Returns an operation's state; every poll advances it by one step."""
        for one in reversed(self.operations):
            if operation_id in {one.id, None}:
                node = self._node(one, base)
                one.polls += 1
                return node
        return None

    def result(self, number: int) -> str | None:
        ready = [one for one in self.operations if one.number == number and self._ready(one)]
        return ready[0].text if ready else None

    def _ready(self, operation: Operation) -> bool:
        return operation.polls >= self.polls_until_ready

    def _node(self, operation: Operation, base: str) -> Source:
        ready = self._ready(operation)
        size, now = len(operation.text.encode()), iso(self.finder.world.now)
        url = f"{base}/{operation.number}.jsonl?signature=sandbox" if ready and operation.lines else None
        return {
            "id": operation.id,
            "status": "COMPLETED" if ready else ("RUNNING" if operation.polls else "CREATED"),
            "errorCode": None,
            "createdAt": now,
            "completedAt": now if ready else None,
            "objectCount": str(len(operation.lines) if ready else 0),
            "rootObjectCount": str(operation.roots if ready else 0),
            "fileSize": str(size) if ready else None,
            "url": url,
            "partialDataUrl": None,
        }

    def _lines(self, text: str, *, grouped: bool) -> tuple[list[Line], int]:
        query = Query(read(text), {})
        check(query, query.document.selections, ROOT)
        node = _of_orders(query)
        orders = self.finder.all(self.store.id, query.arguments(_root(query.document)))
        roots, children = [], []
        for order in orders:
            line, below = _split(query, self.finder.node(order), node)
            roots.append(line)
            children.append(below)
        if grouped:
            return [line for root, below in zip(roots, children, strict=True) for line in (root, *below)], len(roots)
        everything = [*roots, *(line for below in children for line in below)]
        # Deliberately unordered: children before their parents, parents far from their children.
        Random(len(everything)).shuffle(everything)
        return everything, len(roots)


def _refused(code: str, message: str) -> Source:
    return {"bulkOperation": None, "userErrors": [{"code": code, "field": ["query"], "message": message}]}


def _root(document: Document) -> Field:
    found = [one for one in document.selections if isinstance(one, Field)]
    if len(document.selections) != 1 or not found or found[0].name != "orders":
        raise Refused("INVALID", "the sandbox runs bulk queries of the orders connection only")
    return found[0]


def _of_orders(query: Query) -> tuple:
    """Returns the selection of every order, under edges and node or under nodes."""
    selections = _root(query.document).selections
    connections = 1 + sum(_connections(query, selections, "OrderConnection"))
    if connections > MOST_CONNECTIONS:
        raise Refused("INVALID", f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections.")
    for _, inside in query.fields(selections, "OrderConnection"):
        if inside.name == "nodes":
            return inside.selections
        if inside.name == "edges":
            return next(one.selections for _, one in query.fields(inside.selections, "OrderEdge") if one.name == "node")
    raise Refused("INVALID", "The parent 'node' or 'nodes' field is required.")


def _connections(query: Query, selections: tuple, on: str, *, inside: str = "OrderConnection") -> Iterator[int]:
    """Returns the connections below; one inside a plain object is not supported in bulk."""
    for owner, one in query.fields(selections, on):
        kind = TYPES.get(owner, {}).get(one.name)
        if kind and is_connection(kind):
            if inside == "CustomerJourneySummary":
                raise Refused("INVALID", f"Bulk queries cannot hold the connection {one.name} of {inside}.")
            yield 1
        if kind:
            yield from _connections(query, one.selections, kind, inside=kind)


def _split(query: Query, source: Source, selections: tuple) -> tuple[Line, list[Line]]:
    """Returns the order's line and a line for each child of its connections."""
    own = Executor(query).pick(source, selections, "Order")
    children: list[Line] = []
    for _, one in query.fields(selections, "Order"):
        kind = TYPES["Order"].get(one.name)
        if kind and is_connection(kind):
            found = own.pop(one.alias) or {}
            nodes = found.get("nodes") or [edge["node"] for edge in found.get("edges", ())]
            children += [{**node, "__parentId": source["id"]} for node in nodes]
    return own, children
