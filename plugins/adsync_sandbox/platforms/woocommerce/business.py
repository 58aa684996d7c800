"""The life of an order in WooCommerce's statuses."""

from __future__ import annotations

from datetime import date

from adsync_sandbox.generator.orders.market_context import Market
from adsync_sandbox.generator.orders.order_lifecycle import History, Lifecycle, event_at, refund_by, until_refund
from adsync_sandbox.generator.orders.payments import SETTLING
from adsync_sandbox.generator.orders.store_orders import StoreModel, StoreOrder, draw_store_orders
from adsync_sandbox.platforms.woocommerce.journeys import JOURNEYS

# `deposit-due` is a status that a plugin added.
UNPAID = {"awaited": "on-hold", "authorised": "pending", "part": "deposit-due", "voided": "failed"}
METHODS = ("stripe", "tap", "tabby_installments")


def draw_orders(market: Market, first: date) -> tuple[StoreOrder, ...]:
    return draw_store_orders(market, first, StoreModel(narrate, JOURNEYS))


def narrate(life: Lifecycle) -> History:
    plan, settled = life.plan, life.placed_at + SETTLING
    endings = [*event_at(plan.cancel_at, status="cancelled"), *event_at(life.trash_at, status="trash")]
    if life.draft:
        return History("", [(life.placed_at, {"status": "checkout-draft"})], [])
    if plan.way == "cash":
        waiting = "on-hold" if life.variant % 4 == 0 else "processing"
        done = event_at(plan.delivered_at, status="completed", paid_at=plan.delivered_at, done_at=plan.delivered_at)
        return History("cod", [(life.placed_at, {"status": waiting}), *done], endings)
    first = [(life.placed_at, {"status": "pending"})]
    if plan.way in UNPAID:
        method = "bacs" if plan.way == "awaited" else "stripe"
        return History(method, [*first, (settled, {"status": UNPAID[plan.way]})], endings)
    paid = [
        (settled, {"status": "processing", "paid_at": settled}),
        (life.done_at, {"status": "completed", "done_at": life.done_at}),
    ]
    refunded = {"status": "refunded"} if life.is_fully_refunded else {}
    refunds = event_at(plan.refund_at, **refunded, **refund_by(life, plan.refund_at)) if plan.refund_at else []
    done = until_refund(life, paid) if refunded else paid
    return History(METHODS[life.variant % 3], [*first, *done, *refunds], endings)
