"""The orders of a list and their sorting: statuses, time bounds, pages (sheet, section 2).

Bounds are exclusive on both sides. A value with an offset is converted to the site's local time before the comparison,
whichever column `dates_are_gmt` selects; a naive value is used unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.generator.orders.store_orders import StoreOrder
from adsync_sandbox.generator.world import World
from adsync_sandbox.platforms.woocommerce.api import invalid

DEFAULT_PAGE, LARGEST_PAGE = 10, 100
HIDDEN = {"trash", "checkout-draft", "auto-draft"}
ORDERINGS = ("date", "modified", "id", "include", "title", "slug")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)


@dataclass
class Shelf:
    """A site's orders, and those that changed while they were read."""

    world: World
    store: Store
    knows_modified: bool = True
    changed: dict[int, datetime] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.store.timezone)

    def changed_at(self, sale: StoreOrder) -> datetime:
        return self.changed.get(sale.id, sale.state.updated_at)

    def write(self, sales: Iterable[StoreOrder]) -> None:
        """Changes these orders: their time of change moves past all others."""
        for sale in sales:
            self.changed[sale.id] = self.world.now + timedelta(seconds=len(self.changed) + 1)


def found(shelf: Shelf, params: Mapping[str, str]) -> list[StoreOrder]:
    """Returns the orders of the list, sorted."""
    keep = [_statuses(params), *_bounds(shelf, params)]
    if asked := {text for text in params.get("include", "").split(",") if text}:
        keep.append(lambda sale: str(sale.id) in asked)
    sales = [one for one in shelf.world.store_orders(shelf.store.id) if all(test(one) for test in keep)]
    ordering = params.get("orderby", "date")
    if ordering not in ORDERINGS:
        raise invalid("orderby", f"orderby is not one of {', '.join(ORDERINGS)}.")
    direction = params.get("order", "desc")
    if direction not in {"asc", "desc"}:
        raise invalid("order", "order is not one of asc, desc.")
    keys: dict[str, Callable[[StoreOrder], tuple[object, int]]] = {
        "date": lambda sale: (sale.placed_at.replace(microsecond=0), sale.id),
        "modified": lambda sale: (shelf.changed_at(sale), sale.id),
    }
    sales.sort(key=keys.get(ordering, lambda sale: (sale.id, sale.id)), reverse=direction == "desc")
    return sales


def page_of(params: Mapping[str, str]) -> tuple[int, int]:
    """Returns the start of the page and its number of rows."""
    size = _number(params, "per_page", DEFAULT_PAGE, LARGEST_PAGE)
    number = _number(params, "page", 1, 10**6)
    offset = params.get("offset", "")
    return (int(offset) if offset.isdigit() else (number - 1) * size), size


def _number(params: Mapping[str, str], name: str, default: int, largest: int) -> int:
    text = params.get(name, str(default))
    if not text.isdigit() or not 1 <= int(text) <= largest:
        raise invalid(name, f"{name} must be between 1 (inclusive) and {largest} (inclusive)")
    return int(text)


def _statuses(params: Mapping[str, str]) -> Callable[[StoreOrder], bool]:
    asked = {value for name in ("status", "status[]") for value in params.get(name, "").split(",") if value}
    if not asked or asked == {"any"}:
        return lambda sale: sale.state.status not in HIDDEN
    return lambda sale: sale.state.status in asked


def _bounds(shelf: Shelf, params: Mapping[str, str]) -> list[Callable[[StoreOrder], bool]]:
    gmt = params.get("dates_are_gmt", "false") in {"true", "1"}

    def clock(at: datetime) -> datetime:
        return at.astimezone(UTC if gmt else shelf.zone).replace(tzinfo=None, microsecond=0)

    tests: list[Callable[[StoreOrder], bool]] = []
    columns: dict[str, Callable[[StoreOrder], datetime]] = {"": lambda sale: sale.placed_at}
    if shelf.knows_modified:
        columns["modified_"] = shelf.changed_at
    for prefix, read in columns.items():
        if (after := _bound(shelf, params, f"{prefix}after")) is not None:
            tests.append(lambda sale, read=read, after=after: clock(read(sale)) > after)
        if (before := _bound(shelf, params, f"{prefix}before")) is not None:
            tests.append(lambda sale, read=read, before=before: clock(read(sale)) < before)
    return tests


def _bound(shelf: Shelf, params: Mapping[str, str], name: str) -> datetime | None:
    text = params.get(name)
    if text is None:
        return None
    if not RFC3339.fullmatch(text):
        raise invalid(name, "Invalid date.")
    at = datetime.fromisoformat(text)
    return at.astimezone(shelf.zone).replace(tzinfo=None) if at.tzinfo else at
