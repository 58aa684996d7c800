"""The life of an order as events, cut at now. Each store platform expresses them in its own statuses (`business.py`).

Every event moves the order's time of change, as the platforms do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from adsync_sandbox.generator.chance import happens
from adsync_sandbox.generator.orders.payments import PaymentPlan, Refund, draw_payment_plan

HALF_A_DAY, ONE_DAY = timedelta(hours=12), timedelta(days=1)


@dataclass(frozen=True)
class Lifecycle:
    """Everything that will ever happen to one order; `variant` picks among spellings and methods."""

    plan: PaymentPlan
    placed_at: datetime
    total: int
    done_at: datetime
    trash_at: datetime | None
    draft: bool
    variant: int

    @property
    def is_fully_refunded(self) -> bool:
        return self.plan.refund_cents == self.total


@dataclass(frozen=True)
class OrderState:
    """An order as of now, in the platform's own terms. Not every platform has a payment status beside its status."""

    status: str
    method: str
    updated_at: datetime
    payment: str = ""
    pending: bool = False
    paid_at: datetime | None = None
    done_at: datetime | None = None
    refunds: tuple[Refund, ...] = ()

    @property
    def refunded(self) -> int:
        return sum(refund.cents for refund in self.refunds)


# A moment, and the fields of OrderState that change at it.
Event = tuple[datetime, dict[str, object]]


class History(NamedTuple):
    """A payment method, the events up to a cancellation, and the events that happen whatever was before."""

    method: str
    events: list[Event]
    endings: list[Event]


Narrate = Callable[[Lifecycle], History]


def draw_lifecycle(rng: Random, placed_at: datetime, total: int) -> Lifecycle:
    plan = draw_payment_plan(rng, placed_at, total)
    return Lifecycle(
        plan=plan,
        placed_at=placed_at,
        total=total,
        done_at=placed_at + timedelta(seconds=rng.randint(2 * 86_400, 6 * 86_400)),
        trash_at=placed_at + timedelta(seconds=rng.randint(86_400, 9 * 86_400)) if happens(rng, 15) else None,
        draft=happens(rng, 15),
        variant=rng.randrange(12),
    )


def state_at(now: datetime, life: Lifecycle, history: History) -> OrderState:
    current = OrderState("", history.method, life.placed_at)
    events = [*_before(life.plan.cancel_at, history.events), *history.endings]
    for at, changes in sorted(events, key=lambda event: event[0]):
        if at <= now:
            current = replace(current, updated_at=at, **changes)
    return current


def until_refund(life: Lifecycle, events: list[Event]) -> list[Event]:
    """Returns the events before the refund, all of them without one."""
    return _before(life.plan.refund_at, events)


def refund_by(life: Lifecycle, at: datetime) -> dict[str, object]:
    """Returns the change that a refund makes."""
    return {"refunds": (Refund(1, at, life.plan.refund_cents),)}


def event_at(when: datetime | None, **changes: object) -> list[Event]:
    """Returns one event, or none if it never happens."""
    return [(when, changes)] if when else []


def _before(end: datetime | None, events: Iterable[Event]) -> list[Event]:
    return [event for event in events if end is None or event[0] < end]
