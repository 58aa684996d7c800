"""When a Zid order is revenue, by the contract's table of statuses."""

from __future__ import annotations

from adsync_sandbox.generator.orders.store_orders import StoreOrder

ON_DELIVERY = "zid_cod"


def is_revenue(order: StoreOrder) -> bool:
    if order.draft or order.state.status in {"cancelled", "canceled"} or order.state.payment == "voided":
        return False
    return order.state.payment != "pending" or order.state.method == ON_DELIVERY


def refunded_cents(order: StoreOrder) -> int:
    return order.state.refunded


def collected_cents(order: StoreOrder) -> int:
    """Returns what is in hand: a payment on delivery counts once the order was handed over."""
    on_delivery = order.state.method == ON_DELIVERY
    return 0 if on_delivery and not order.state.done_at else order.total - order.state.refunded


def has_documented_status(_order: StoreOrder) -> bool:
    return True
