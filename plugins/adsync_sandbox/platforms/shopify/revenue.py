"""When a Shopify order is revenue, by the contract's table of statuses."""

from __future__ import annotations

import re

from adsync_sandbox.platforms.shopify.business import Order

PAID = {"PAID", "PARTIALLY_PAID", "PARTIALLY_REFUNDED", "REFUNDED"}
ON_DELIVERY = re.compile("cash on delivery|cod", re.IGNORECASE)


def is_revenue(order: Order) -> bool:
    payment = order.payment
    on_delivery = payment.status == "PENDING" and any(ON_DELIVERY.search(name) for name in payment.gateways)
    return not order.test and not payment.cancelled_at and (payment.status in PAID or on_delivery)


def refunded_cents(order: Order) -> int:
    return order.payment.refunded


def collected_cents(order: Order) -> int:
    return order.payment.received - order.payment.refunded


def has_documented_status(_order: Order) -> bool:
    return True
