"""What an order brought in, by each store's own words: the contract's table of statuses, read in plain Python."""

from __future__ import annotations

import re
from collections.abc import Callable

from adsync_sandbox.generator.orders import Order
from adsync_sandbox.generator.sales import Sale

AnyOrder = Order | Sale

PAID = {"PAID", "PARTIALLY_PAID", "PARTIALLY_REFUNDED", "REFUNDED"}
WOOCOMMERCE_STATUSES = {
    *("pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "trash", "checkout-draft"),
}
ON_DELIVERY = re.compile("cash on delivery|cod", re.IGNORECASE)


def is_revenue(order: AnyOrder) -> bool:
    if isinstance(order, Order):
        return _shopify(order)
    return not order.draft and BY_STATUS[order.store.platform](order)


def net_cents(order: AnyOrder) -> int:
    """What the order brought in the end; nothing unless it counts as revenue."""
    if not is_revenue(order):
        return 0
    return order.total - (order.payment.refunded if isinstance(order, Order) else order.state.refunded)


def collected_cents(order: AnyOrder) -> int:
    """What of it is in hand: what was paid, and what was to be paid on delivery once it was handed over."""
    if not is_revenue(order):
        return 0
    if isinstance(order, Order):
        return order.payment.received - order.payment.refunded
    on_delivery = order.state.method in {"cod", "zid_cod"}
    return 0 if on_delivery and not order.state.done_at else net_cents(order)


def is_unheard_of(order: AnyOrder) -> bool:
    """Whether its status is none that its platform documents; only WooCommerce's plugins invent such."""
    return order.store.platform == "woocommerce" and order.state.status not in WOOCOMMERCE_STATUSES


def _shopify(order: Order) -> bool:
    payment = order.payment
    on_delivery = payment.status == "PENDING" and any(ON_DELIVERY.search(name) for name in payment.gateways)
    return not order.test and not payment.cancelled_at and (payment.status in PAID or on_delivery)


def _woocommerce(sale: Sale) -> bool:
    paid = sale.state.paid_at is not None or sale.state.method == "cod"
    return paid and sale.state.status not in {"cancelled", "failed", "trash"}


def _salla(sale: Sale) -> bool:
    unpaid = sale.state.pending or sale.state.status == "payment_pending"
    return sale.state.status != "canceled" and (not unpaid or sale.state.method == "cod")


def _zid(sale: Sale) -> bool:
    if sale.state.status in {"cancelled", "canceled"} or sale.state.payment == "voided":
        return False
    return sale.state.payment != "pending" or sale.state.method == "zid_cod"


BY_STATUS: dict[str, Callable[[Sale], bool]] = {"woocommerce": _woocommerce, "salla": _salla, "zid": _zid}
