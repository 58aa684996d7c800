"""How an order is paid and refunded: everything is drawn first, then cut at now.

A refund or cancellation after now has not happened yet; it moves the order's time of change when it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from adsync_sandbox.generator.chance import happens

SETTLING = timedelta(minutes=3)
# How orders are paid, and how they end, with their shares in thousandths.
WAYS = ("card", "cash", "awaited", "authorised", "part", "voided")
WAY_SHARES = (760, 150, 40, 10, 25, 15)
ENDS = ("kept", "partial", "full", "cancelled")
END_SHARES = (910, 40, 20, 30)


@dataclass(frozen=True)
class Refund:
    """Money returned to the buyer, in cents of the store."""

    serial: int
    at: datetime
    cents: int


@dataclass(frozen=True)
class PaymentPlan:
    """Everything that will ever happen to an order's money."""

    way: str
    delivered_at: datetime | None
    refund_at: datetime | None
    refund_cents: int
    cancel_at: datetime | None


def draw_payment_plan(rng: Random, placed_at: datetime, total: int) -> PaymentPlan:
    way = rng.choices(WAYS, WAY_SHARES)[0]
    delivered = placed_at + timedelta(seconds=rng.randint(2 * 86_400, 6 * 86_400))
    refund_at = placed_at + timedelta(seconds=rng.randint(86_400, 12 * 86_400))
    cancel_at = placed_at + timedelta(seconds=rng.randint(3_600, 3 * 86_400))
    refunds = {"full": total, "partial": total * rng.randint(10, 60) // 100}
    end = rng.choices(ENDS, END_SHARES)[0]
    return PaymentPlan(
        way=way,
        delivered_at=delivered if way == "cash" and happens(rng, 600) else None,
        refund_at=refund_at if way == "card" and end in refunds else None,
        refund_cents=refunds.get(end, 0),
        cancel_at=cancel_at if end == "cancelled" else None,
    )
