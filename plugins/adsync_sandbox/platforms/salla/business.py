"""The life of an order in Salla's statuses."""

from __future__ import annotations

from datetime import date

from adsync_sandbox.generator.orders.market_context import Market
from adsync_sandbox.generator.orders.order_lifecycle import (
    HALF_A_DAY,
    ONE_DAY,
    History,
    Lifecycle,
    event_at,
    refund_by,
    until_refund,
)
from adsync_sandbox.generator.orders.payments import SETTLING
from adsync_sandbox.generator.orders.store_orders import StoreModel, StoreOrder, draw_store_orders
from adsync_sandbox.platforms.salla.journeys import JOURNEYS

METHODS = ("mada", "credit_card", "apple_pay", "tamara_installment")


def draw_orders(market: Market, first: date) -> tuple[StoreOrder, ...]:
    return draw_store_orders(market, first, StoreModel(narrate, JOURNEYS))


def narrate(life: Lifecycle) -> History:
    plan, settled = life.plan, life.placed_at + SETTLING
    endings = event_at(plan.cancel_at, status="canceled", pending=False)
    if plan.way == "cash":
        events = [(life.placed_at, {"status": "under_review"}), (life.placed_at + ONE_DAY, {"status": "delivering"})]
        done = event_at(plan.delivered_at, status="delivered", done_at=plan.delivered_at)
        return History("cod", [*events, *done], endings)
    first = [(life.placed_at, {"status": "payment_pending", "pending": True})]
    if plan.way in {"awaited", "authorised"}:
        return History("bank" if plan.way == "awaited" else "waiting", first, endings)
    if plan.way == "voided":
        return History("credit_card", [*first, (settled, {"status": "canceled", "pending": False})], endings)
    paid = [
        (settled, {"status": "under_review", "pending": False}),
        (life.placed_at + HALF_A_DAY, {"status": "in_progress"}),
        (life.done_at - ONE_DAY, {"status": "shipped"}),
        (life.done_at, {"status": "completed", "done_at": life.done_at}),
    ]
    method = METHODS[life.variant % 4]
    if plan.refund_at and life.is_fully_refunded:
        refund = [
            (plan.refund_at, {"status": "restoring", **refund_by(life, plan.refund_at)}),
            (plan.refund_at + ONE_DAY, {"status": "restored"}),
        ]
        return History(method, [*first, *until_refund(life, paid), *refund], endings)
    # Salla does not expose the amount of a partial refund: only the time of change moves.
    return History(method, [*first, *paid, *event_at(plan.refund_at)], endings)
