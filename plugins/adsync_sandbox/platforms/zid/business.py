"""The life of an order in Zid's statuses and payment statuses. Zid does not expose where a customer came from."""

from __future__ import annotations

from datetime import date, datetime

from adsync_sandbox.generator.orders.market_context import Market, OrderContext
from adsync_sandbox.generator.orders.order_lifecycle import (
    HALF_A_DAY,
    ONE_DAY,
    Event,
    History,
    Lifecycle,
    event_at,
    refund_by,
    until_refund,
)
from adsync_sandbox.generator.orders.payments import SETTLING
from adsync_sandbox.generator.orders.store_orders import StoreModel, StoreOrder, draw_store_orders
from adsync_sandbox.generator.orders.visits import Journey


def not_exposed(_context: OrderContext) -> Journey:
    return Journey(None, carrier="not_exposed")


def draw_orders(market: Market, first: date) -> tuple[StoreOrder, ...]:
    return draw_store_orders(market, first, StoreModel(narrate, {not_exposed: 1}, has_drafts=False))


def narrate(life: Lifecycle) -> History:
    plan, settled = life.plan, life.placed_at + SETTLING
    endings = event_at(plan.cancel_at, status=("cancelled", "canceled")[life.variant % 2])
    new = [(life.placed_at, {"status": "new", "payment": "pending"})]
    if plan.way == "cash":
        sent = [*new, (life.placed_at + ONE_DAY, {"status": "indelivery"})]
        done = event_at(plan.delivered_at, status="delivered", payment="paid", done_at=plan.delivered_at)
        return History("zid_cod", [*sent, *done], endings)
    if plan.way in {"awaited", "authorised"}:
        return History("zid_bank_transfer" if plan.way == "awaited" else "zid_credit_card", new, endings)
    if plan.way == "voided":
        return History("zid_credit_card", [*new, (settled, {"payment": "voided"})], endings)
    paid = [
        (settled, {"payment": "paid"}),
        (life.placed_at + HALF_A_DAY, {"status": ("preparing", "ready")[life.variant % 2]}),
        (life.done_at - ONE_DAY, {"status": "indelivery"}),
        (life.done_at, {"status": "delivered", "done_at": life.done_at}),
    ]
    if plan.refund_at and life.is_fully_refunded:
        reversal = _reversal(life, plan.refund_at)
        return History("zid_credit_card", [*new, *until_refund(life, paid), *reversal], endings)
    partial = event_at(plan.refund_at, status="partially_reversed")
    return History("zid_mada", [*new, *(until_refund(life, paid) if partial else paid), *partial], endings)


def _reversal(life: Lifecycle, at: datetime) -> list[Event]:
    """Goods and money are returned: some stores mark the order, others only the payment."""
    later = at + ONE_DAY
    marks = ({"status": "reversed"}, {"status": "delivered", "payment": "refunded"})[life.variant % 2]
    return [(at, {"status": "reverse_in_progress"}), (later, {**marks, **refund_by(life, later)})]
