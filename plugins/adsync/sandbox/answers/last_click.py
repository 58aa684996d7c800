"""Last click in plain Python: the latest touch that names one of our campaigns within seven days before.

Later visits that name none take nothing away; a touch after the order never counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from adsync.sandbox.answers.matching import Directory, match, tags_of_attributes, tags_of_visit
from adsync.sandbox.inventing.campaigns import Campaign
from adsync.sandbox.inventing.orders import Order

WINDOW = timedelta(days=7)
NOTHING = timedelta(0)
PAID = {"PAID", "PARTIALLY_PAID", "PARTIALLY_REFUNDED", "REFUNDED"}
ON_DELIVERY = re.compile("cash on delivery|cod", re.IGNORECASE)


@dataclass(frozen=True)
class Decision:
    """Where an order went, or why it went nowhere; `how` is the match rule or the reason."""

    campaign: Campaign | None
    how: str


def is_revenue(order: Order) -> bool:
    payment = order.payment
    on_delivery = payment.status == "PENDING" and any(ON_DELIVERY.search(name) for name in payment.gateways)
    return not order.test and not payment.cancelled_at and (payment.status in PAID or on_delivery)


def net_cents(order: Order) -> int:
    """What the order brought in the end; nothing unless it counts as revenue."""
    return order.total - order.payment.refunded if is_revenue(order) else 0


def decide(order: Order, known: Directory) -> Decision:
    if not is_revenue(order):
        return Decision(None, "not_revenue")
    if not order.journey.visits:
        tags = tags_of_attributes(order.journey.attributes)
        return Decision(*match(tags, known)) if tags else Decision(None, "no_touch")
    return _latest(order, known)


def _latest(order: Order, known: Directory) -> Decision:
    candidates, misses = [], []
    for visit in order.journey.visits or ():
        campaign, how = match(tags_of_visit(visit), known)
        ago = order.placed_at - visit.occurred_at
        if campaign is None:
            misses.append(how)
        elif ago < NOTHING:
            misses.append("touch_after_order")
        elif ago > WINDOW:
            misses.append("outside_window")
        else:
            candidates.append((visit.occurred_at, visit.id, campaign, how))
    if not candidates:
        return Decision(None, misses[-1])
    *_, campaign, how = max(candidates, key=lambda one: one[:2])
    return Decision(campaign, how)
