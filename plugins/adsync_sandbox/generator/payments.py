"""What became of an order's money: paid, awaited, on delivery, given back; all drawn first, then cut at now.

A refund or cancellation that lies ahead of now has not happened: it will bump updatedAt when it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from adsync_sandbox.generator.chance import happens

CARD, CASH = ("bogus",), ("Cash on Delivery (COD)",)
SETTLING = timedelta(minutes=3)
# In thousandths of all orders: how they are paid, and how they end.
WAYS = ("card", "cash", "awaited", "authorised", "part", "voided")
HOW_OFTEN = (760, 150, 40, 10, 25, 15)
ENDS = ("kept", "partial", "full", "cancelled")
HOW_MANY = (910, 40, 20, 30)


@dataclass(frozen=True)
class Refund:
    """Money given back, in cents of the shop."""

    serial: int
    at: datetime
    cents: int


@dataclass(frozen=True)
class Payment:
    """The state of an order's money now; cents of the shop."""

    status: str
    gateways: tuple[str, ...]
    received: int
    refunds: tuple[Refund, ...]
    cancelled_at: datetime | None
    updated_at: datetime

    @property
    def refunded(self) -> int:
        return sum(refund.cents for refund in self.refunds)


@dataclass(frozen=True)
class Fate:
    """Everything that will ever happen to an order's money."""

    way: str
    delivered_at: datetime | None
    refund_at: datetime | None
    refund_cents: int
    cancel_at: datetime | None


def draw_fate(rng: Random, placed_at: datetime, total: int) -> Fate:
    way = rng.choices(WAYS, HOW_OFTEN)[0]
    delivered = placed_at + timedelta(seconds=rng.randint(2 * 86_400, 6 * 86_400))
    refund_at = placed_at + timedelta(seconds=rng.randint(86_400, 12 * 86_400))
    cancel_at = placed_at + timedelta(seconds=rng.randint(3_600, 3 * 86_400))
    refunds = {"full": total, "partial": total * rng.randint(10, 60) // 100}
    end = rng.choices(ENDS, HOW_MANY)[0]
    return Fate(
        way=way,
        delivered_at=delivered if way == "cash" and happens(rng, 600) else None,
        refund_at=refund_at if way == "card" and end in refunds else None,
        refund_cents=refunds.get(end, 0),
        cancel_at=cancel_at if end == "cancelled" else None,
    )


def settle(fate: Fate, placed_at: datetime, total: int, now: datetime) -> Payment:
    """How things stand at `now`."""
    status, received, at = _paid(fate, placed_at, total, now)
    refunds: tuple[Refund, ...] = ()
    if fate.refund_at and fate.refund_at <= now:
        refunds = (Refund(1, fate.refund_at, fate.refund_cents),)
    cancelled = fate.cancel_at if fate.cancel_at and fate.cancel_at <= now else None
    if cancelled and received:
        refunds = (Refund(1, cancelled, received),)
    if refunds:
        status = "REFUNDED" if refunds[0].cents == received else "PARTIALLY_REFUNDED"
    elif cancelled:
        status = "VOIDED"
    moments = [at, *(refund.at for refund in refunds), *([cancelled] if cancelled else [])]
    gateways = CASH if fate.way == "cash" else CARD
    return Payment(status, gateways, received, refunds, cancelled, max(moments))


def _paid(fate: Fate, placed_at: datetime, total: int, now: datetime) -> tuple[str, int, datetime]:
    at = min(placed_at + SETTLING, now)
    if fate.way == "cash":
        cancelled = fate.cancel_at and fate.cancel_at <= now
        if fate.delivered_at and fate.delivered_at <= now and not cancelled:
            return "PAID", total, fate.delivered_at
        return "PENDING", 0, at
    states = {
        "card": ("PAID", total),
        "awaited": ("PENDING", 0),
        "authorised": ("AUTHORIZED", 0),
        "part": ("PARTIALLY_PAID", total * 40 // 100),
        "voided": ("VOIDED", 0),
    }
    return (*states[fate.way], at)
