"""When a Salla order is revenue, by the contract's table of statuses."""

from __future__ import annotations

from adsync_sandbox.generator.orders.store_orders import StoreOrder

ON_DELIVERY = "cod"


def is_revenue(order: StoreOrder) -> bool:
    unpaid = order.state.pending or order.state.status == "payment_pending"
    counts = order.state.status != "canceled" and (not unpaid or order.state.method == ON_DELIVERY)
    return counts and not order.draft


def refunded_cents(order: StoreOrder) -> int:
    return order.state.refunded


def collected_cents(order: StoreOrder) -> int:
    """Returns what is in hand: a payment on delivery counts once the order was handed over."""
    on_delivery = order.state.method == ON_DELIVERY
    return 0 if on_delivery and not order.state.done_at else order.total - order.state.refunded


def has_documented_status(_order: StoreOrder) -> bool:
    return True
