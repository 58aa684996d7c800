"""When a WooCommerce order is revenue, by the contract's table of statuses."""

from __future__ import annotations

from adsync_sandbox.generator.orders.store_orders import StoreOrder

ON_DELIVERY = "cod"
STATUSES = {
    *("pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "trash", "checkout-draft"),
}


def is_revenue(order: StoreOrder) -> bool:
    paid = order.state.paid_at is not None or order.state.method == ON_DELIVERY
    return not order.draft and paid and order.state.status not in {"cancelled", "failed", "trash"}


def refunded_cents(order: StoreOrder) -> int:
    return order.state.refunded


def collected_cents(order: StoreOrder) -> int:
    """Returns what is in hand: a payment on delivery counts once the order was handed over."""
    on_delivery = order.state.method == ON_DELIVERY
    return 0 if on_delivery and not order.state.done_at else order.total - order.state.refunded


def has_documented_status(order: StoreOrder) -> bool:
    return order.state.status in STATUSES
