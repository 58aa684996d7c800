"""How an order's payment stands in Shopify's terms: financial status, gateways, and what was received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from adsync_sandbox.generator.orders.payments import SETTLING, PaymentPlan, Refund

CARD, CASH = ("bogus",), ("Cash on Delivery (COD)",)


@dataclass(frozen=True)
class Payment:
    """The state of an order's money as of now; cents of the shop."""

    status: str
    gateways: tuple[str, ...]
    received: int
    refunds: tuple[Refund, ...]
    cancelled_at: datetime | None
    updated_at: datetime

    @property
    def refunded(self) -> int:
        return sum(refund.cents for refund in self.refunds)


def settle(plan: PaymentPlan, placed_at: datetime, total: int, now: datetime) -> Payment:
    """Returns the payment as of `now`."""
    status, received, at = _paid(plan, placed_at, total, now)
    refunds: tuple[Refund, ...] = ()
    if plan.refund_at and plan.refund_at <= now:
        refunds = (Refund(1, plan.refund_at, plan.refund_cents),)
    cancelled = plan.cancel_at if plan.cancel_at and plan.cancel_at <= now else None
    if cancelled and received:
        refunds = (Refund(1, cancelled, received),)
    if refunds:
        status = "REFUNDED" if refunds[0].cents == received else "PARTIALLY_REFUNDED"
    elif cancelled:
        status = "VOIDED"
    moments = [at, *(refund.at for refund in refunds), *([cancelled] if cancelled else [])]
    gateways = CASH if plan.way == "cash" else CARD
    return Payment(status, gateways, received, refunds, cancelled, max(moments))


def _paid(plan: PaymentPlan, placed_at: datetime, total: int, now: datetime) -> tuple[str, int, datetime]:
    at = min(placed_at + SETTLING, now)
    if plan.way == "cash":
        cancelled = plan.cancel_at and plan.cancel_at <= now
        if plan.delivered_at and plan.delivered_at <= now and not cancelled:
            return "PAID", total, plan.delivered_at
        return "PENDING", 0, at
    states = {
        "card": ("PAID", total),
        "awaited": ("PENDING", 0),
        "authorised": ("AUTHORIZED", 0),
        "part": ("PARTIALLY_PAID", total * 40 // 100),
        "voided": ("VOIDED", 0),
    }
    return (*states[plan.way], at)
