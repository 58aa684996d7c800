"""An order's life in WooCommerce, Salla and Zid: events in each platform's own statuses, cut at now.

The fate is the one Shopify's orders have too; every event moves the order's time of change, as the platforms do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from adsync_sandbox.generator.chance import happens
from adsync_sandbox.generator.payments import SETTLING, Fate, Refund, draw_fate

HALF_A_DAY, ONE_DAY = timedelta(hours=12), timedelta(days=1)


@dataclass(frozen=True)
class Life:
    """Everything that will ever happen to one order; `variant` picks among spellings and methods."""

    fate: Fate
    placed_at: datetime
    total: int
    done_at: datetime
    trash_at: datetime | None
    draft: bool
    variant: int


@dataclass(frozen=True)
class State:
    """How an order stands, in the platform's own words; `payment` is Zid's payment_status."""

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


# When, and what is different from then on.
Event = tuple[datetime, dict[str, object]]


def draw_life(rng: Random, placed_at: datetime, total: int) -> Life:
    fate = draw_fate(rng, placed_at, total)
    return Life(
        fate=fate,
        placed_at=placed_at,
        total=total,
        done_at=placed_at + timedelta(seconds=rng.randint(2 * 86_400, 6 * 86_400)),
        trash_at=placed_at + timedelta(seconds=rng.randint(86_400, 9 * 86_400)) if happens(rng, 15) else None,
        draft=happens(rng, 15),
        variant=rng.randrange(12),
    )


def state(platform: str, life: Life, now: datetime) -> State:
    """How things stand at `now`."""
    method, events, ended = STORIES[platform](life)
    current = State("", method, life.placed_at)
    for at, changes in sorted([*_before(life.fate.cancel_at, events), *ended], key=lambda event: event[0]):
        if at <= now:
            current = replace(current, updated_at=at, **changes)
    return current


def _before(end: datetime | None, events: Iterable[Event]) -> list[Event]:
    """Nothing goes on after a cancellation."""
    return [event for event in events if end is None or event[0] < end]


def _until_refund(life: Life, events: list[Event]) -> list[Event]:
    return _before(life.fate.refund_at, events)


def _full(life: Life) -> bool:
    return life.fate.refund_cents == life.total


def _refund(life: Life, at: datetime) -> dict[str, object]:
    return {"refunds": (Refund(1, at, life.fate.refund_cents),)}


def _at(when: datetime | None, **changes: object) -> list[Event]:
    return [(when, changes)] if when else []


Story = tuple[str, list[Event], list[Event]]


def _woocommerce(life: Life) -> Story:
    fate, settled = life.fate, life.placed_at + SETTLING
    ended = [*_at(fate.cancel_at, status="cancelled"), *_at(life.trash_at, status="trash")]
    if life.draft:
        return "", [(life.placed_at, {"status": "checkout-draft"})], []
    if fate.way == "cash":
        waiting = "on-hold" if life.variant % 4 == 0 else "processing"
        delivered = _at(fate.delivered_at, status="completed", paid_at=fate.delivered_at, done_at=fate.delivered_at)
        return "cod", [(life.placed_at, {"status": waiting}), *delivered], ended
    first = [(life.placed_at, {"status": "pending"})]
    # A status that some plugin invented, among the unpaid ones.
    unpaid = {"awaited": "on-hold", "authorised": "pending", "part": "deposit-due", "voided": "failed"}
    if fate.way in unpaid:
        method = "bacs" if fate.way == "awaited" else "stripe"
        return method, [*first, (settled, {"status": unpaid[fate.way]})], ended
    paid = [
        (settled, {"status": "processing", "paid_at": settled}),
        (life.done_at, {"status": "completed", "done_at": life.done_at}),
    ]
    given_back = {"status": "refunded"} if _full(life) else {}
    refunds = _at(fate.refund_at, **given_back, **_refund(life, fate.refund_at)) if fate.refund_at else []
    done = _until_refund(life, paid) if given_back else paid
    return ("stripe", "tap", "tabby_installments")[life.variant % 3], [*first, *done, *refunds], ended


def _salla(life: Life) -> Story:
    fate, settled = life.fate, life.placed_at + SETTLING
    ended = _at(fate.cancel_at, status="canceled", pending=False)
    if fate.way == "cash":
        events = [(life.placed_at, {"status": "under_review"}), (life.placed_at + ONE_DAY, {"status": "delivering"})]
        return "cod", [*events, *_at(fate.delivered_at, status="delivered", done_at=fate.delivered_at)], ended
    first = [(life.placed_at, {"status": "payment_pending", "pending": True})]
    if fate.way in {"awaited", "authorised"}:
        return "bank" if fate.way == "awaited" else "waiting", first, ended
    if fate.way == "voided":
        return "credit_card", [*first, (settled, {"status": "canceled", "pending": False})], ended
    paid = [
        (settled, {"status": "under_review", "pending": False}),
        (life.placed_at + HALF_A_DAY, {"status": "in_progress"}),
        (life.done_at - ONE_DAY, {"status": "shipped"}),
        (life.done_at, {"status": "completed", "done_at": life.done_at}),
    ]
    method = ("mada", "credit_card", "apple_pay", "tamara_installment")[life.variant % 4]
    if fate.refund_at and _full(life):
        back = [
            (fate.refund_at, {"status": "restoring", **_refund(life, fate.refund_at)}),
            (fate.refund_at + ONE_DAY, {"status": "restored"}),
        ]
        return method, [*first, *_until_refund(life, paid), *back], ended
    # A partial refund leaves no amount in Salla: only the time of change moves.
    return method, [*first, *paid, *_at(fate.refund_at)], ended


def _zid(life: Life) -> Story:
    fate, settled = life.fate, life.placed_at + SETTLING
    ended = _at(fate.cancel_at, status=("cancelled", "canceled")[life.variant % 2])
    new = [(life.placed_at, {"status": "new", "payment": "pending"})]
    if fate.way == "cash":
        sent = [*new, (life.placed_at + ONE_DAY, {"status": "indelivery"})]
        delivered = _at(fate.delivered_at, status="delivered", payment="paid", done_at=fate.delivered_at)
        return "zid_cod", [*sent, *delivered], ended
    if fate.way in {"awaited", "authorised"}:
        return "zid_bank_transfer" if fate.way == "awaited" else "zid_credit_card", new, ended
    if fate.way == "voided":
        return "zid_credit_card", [*new, (settled, {"payment": "voided"})], ended
    paid = [
        (settled, {"payment": "paid"}),
        (life.placed_at + HALF_A_DAY, {"status": ("preparing", "ready")[life.variant % 2]}),
        (life.done_at - ONE_DAY, {"status": "indelivery"}),
        (life.done_at, {"status": "delivered", "done_at": life.done_at}),
    ]
    if fate.refund_at and _full(life):
        return "zid_credit_card", [*new, *_until_refund(life, paid), *_reversed(life, fate.refund_at)], ended
    back = _at(fate.refund_at, status="partially_reversed")
    return "zid_mada", [*new, *(_until_refund(life, paid) if back else paid), *back], ended


def _reversed(life: Life, at: datetime) -> list[Event]:
    """Goods and money come back: some shops mark the order, some only the payment."""
    later = at + ONE_DAY
    marks = ({"status": "reversed"}, {"status": "delivered", "payment": "refunded"})[life.variant % 2]
    return [(at, {"status": "reverse_in_progress"}), (later, {**marks, **_refund(life, later)})]


STORIES: dict[str, Callable[[Life], Story]] = {"woocommerce": _woocommerce, "salla": _salla, "zid": _zid}
