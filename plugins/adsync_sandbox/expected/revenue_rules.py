"""What an order brought in, by the rules of its platform (`platforms/<name>/revenue.py`)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from adsync_sandbox.generator.accounts import Store
from adsync_sandbox.generator.orders.visits import Journey
from adsync_sandbox.platforms import registry


class AnyOrder(Protocol):
    """What orders of all platforms have."""

    @property
    def store(self) -> Store: ...
    @property
    def total(self) -> int: ...
    @property
    def placed_at(self) -> datetime: ...
    @property
    def journey(self) -> Journey: ...


def is_revenue(order: AnyOrder) -> bool:
    return registry.module(order.store.platform, "revenue").is_revenue(order)


def net_cents(order: AnyOrder) -> int:
    """Returns the order's total net of refunds, 0 unless it is revenue."""
    refunded = registry.module(order.store.platform, "revenue").refunded_cents
    return order.total - refunded(order) if is_revenue(order) else 0


def collected_cents(order: AnyOrder) -> int:
    """Returns what was paid of it so far, 0 unless it is revenue."""
    collected = registry.module(order.store.platform, "revenue").collected_cents
    return collected(order) if is_revenue(order) else 0


def has_documented_status(order: AnyOrder) -> bool:
    """Returns false for a status that the platform does not document, such as a plugin's."""
    return registry.module(order.store.platform, "revenue").has_documented_status(order)
