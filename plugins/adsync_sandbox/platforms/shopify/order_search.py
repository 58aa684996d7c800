"""The orders connection: search filter, sort key, page size and opaque cursors (sheet on Shopify, section 2).

A date value must be quoted; a term that the search does not support is ignored silently.
"""

from __future__ import annotations

import base64
import hashlib
import operator
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from adsync_sandbox.generator.orders.visits import Journey
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms.shopify.business import Order
from adsync_sandbox.platforms.shopify.graphql.query import Refused, Source
from adsync_sandbox.platforms.shopify.orders import order_node

LARGEST_PAGE = 250
WITHOUT_ALL_ORDERS = timedelta(days=60)
MOST_KEPT = 24
MOST_COUNTED = 10_000
TERM = re.compile(r"(\w+):(>=|<=|>|<)?(?:'([^']*)'|\"([^\"]*)\"|(\S+))")
COMPARE: dict[str, Callable[[object, object], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "": operator.eq,
}
TIMES: dict[str, Callable[[Order], datetime]] = {
    "updated_at": lambda order: order.payment.updated_at,
    "created_at": lambda order: order.placed_at,
    "processed_at": lambda order: order.placed_at,
}
SORTS: dict[str, Callable[[Order], object]] = {
    "UPDATED_AT": lambda order: order.payment.updated_at,
    "CREATED_AT": lambda order: order.placed_at,
    "PROCESSED_AT": lambda order: order.placed_at,
    "ID": lambda order: order.id,
}

Test = Callable[[Order], bool]


@dataclass(frozen=True)
class Search:
    """Filter and sort key of a search; a cursor belongs to one search."""

    store_id: str
    query: str
    sort_key: str
    reverse: bool

    @property
    def mark(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]


@dataclass
class Finder:
    """Searches a world and caches results for their next page.

    Without `read_all_orders`, orders older than 60 days are missing silently. A pending journey becomes ready after it
    was read `ready_after` times, which does not change its order's updatedAt.
    """

    world: World
    read_all_orders: bool = True
    ready_after: int | None = None
    kept: dict[Search, list[Order]] = field(default_factory=dict)
    reads: Counter[str] = field(default_factory=Counter)

    def visible(self, store_id: str) -> tuple[Order, ...]:
        """Returns the orders that the app's scopes allow."""
        orders = self.world.store_orders(store_id)
        wall = self.world.now - WITHOUT_ALL_ORDERS
        return orders if self.read_all_orders else tuple(order for order in orders if order.placed_at >= wall)

    def node(self, order: Order) -> Source:
        if order.journey.ready or self.ready_after is None:
            return order_node(order)
        self.reads[order.id] += 1
        ready = Journey(order.journey.later) if self.reads[order.id] > self.ready_after else order.journey
        return order_node(replace(order, journey=ready))

    def all(self, store_id: str, arguments: Mapping[str, object]) -> list[Order]:
        """Returns all orders that match."""
        return self._found(_search(store_id, arguments))

    def count(self, store_id: str, arguments: Mapping[str, object]) -> Source:
        """Returns the number of matching orders, at most 10,000 unless the limit is another or null."""
        found, most = len(self.all(store_id, arguments)), arguments.get("limit", MOST_COUNTED)
        capped = isinstance(most, int) and found > most
        return {"count": most if capped else found, "precision": "AT_LEAST" if capped else "EXACT"}

    def page(self, store_id: str, arguments: Mapping[str, object]) -> Source:
        """Returns one page of the orders connection."""
        first = arguments.get("first")
        if not isinstance(first, int) or not 1 <= first <= LARGEST_PAGE:
            raise Refused("BAD_REQUEST", f"first is needed, between 1 and {LARGEST_PAGE}")
        search = _search(store_id, arguments)
        found, start = self._found(search), _start(arguments.get("after"), search.mark)
        nodes = [self.node(order) for order in found[start : start + first]]
        return _page(nodes, start, len(found), search.mark)

    def _found(self, search: Search) -> list[Order]:
        if search not in self.kept:
            tests = _tests(search.query)
            found = [order for order in self.visible(search.store_id) if all(test(order) for test in tests)]
            found.sort(key=lambda order: (SORTS[search.sort_key](order), order.id), reverse=search.reverse)
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            self.kept[search] = found
        return self.kept[search]


def _search(store_id: str, arguments: Mapping[str, object]) -> Search:
    sort_key = str(arguments.get("sortKey") or "PROCESSED_AT")
    if sort_key not in SORTS:
        raise Refused("argumentLiteralsIncompatible", f"sortKey has an invalid value ({sort_key})")
    return Search(store_id, str(arguments.get("query") or ""), sort_key, bool(arguments.get("reverse")))


def _page(nodes: list[Source], start: int, of: int, tied: str) -> Source:
    end = start + len(nodes)
    return {
        "nodes": nodes,
        "edges": [{"cursor": _cursor(start + n + 1, tied), "node": node} for n, node in enumerate(nodes)],
        "pageInfo": {
            "hasNextPage": end < of,
            "hasPreviousPage": start > 0,
            "startCursor": _cursor(start + 1, tied) if nodes else None,
            "endCursor": _cursor(end, tied) if nodes else None,
        },
    }


def _cursor(offset: int, tied: str) -> str:
    return base64.urlsafe_b64encode(f"{offset}:{tied}".encode()).decode()


def _start(after: object, tied: str) -> int:
    """Returns the start of a page; a cursor belongs to its query and sort key."""
    if after is None:
        return 0
    try:
        offset = int(base64.urlsafe_b64decode(str(after)).partition(b":")[0])
    except ValueError as error:
        raise Refused("BAD_REQUEST", "Invalid cursor for current pagination sort.") from error
    if after != _cursor(offset, tied):
        raise Refused("BAD_REQUEST", "Invalid cursor for current pagination sort.")
    return offset


def _tests(search: str) -> list[Test]:
    return [test for found in TERM.finditer(search) if (test := _test(*found.groups()))]


def _test(name: str, sign: str | None, single: str | None, double: str | None, bare: str | None) -> Test | None:
    compare, quoted = COMPARE[sign or ""], single or double
    if name in TIMES and quoted:
        bound, read = _instant(quoted), TIMES[name]
        return bound and (lambda order: compare(read(order), bound))
    if name == "test":
        return lambda order: order.test == ((quoted or bare) == "true")
    if name == "financial_status":
        return lambda order: order.payment.status.casefold() == (quoted or bare or "").casefold()
    return None


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
