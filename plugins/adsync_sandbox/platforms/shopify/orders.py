"""An order as a GraphQL node: money in two currencies, refunds as a list, the journey with its visits.

Times are UTC with a Z; a pending journey has no visits (sheet on Shopify, sections 3, 4, 8).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from adsync_sandbox.generator.money import amount, exchange
from adsync_sandbox.generator.orders.payments import Refund
from adsync_sandbox.generator.orders.visits import Utm, Visit
from adsync_sandbox.platforms.shopify.business import Order
from adsync_sandbox.platforms.shopify.graphql.query import Source

TAX_PER_MILLE, SHIPPING = 150, 1_500


def iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def order_node(order: Order) -> Source:
    """Returns all fields of an order."""
    return {
        "__typename": "Order",
        **_facts(order),
        **_state(order),
        **_sums(order),
        "customAttributes": [{"key": key, "value": value} for key, value in order.journey.attributes],
        "customer": _customer(order),
        "refunds": lambda first=None: [_refund(order, one) for one in order.payment.refunds][:first],
        "lineItems": lambda **_paging: _line_items(order),
        "customerJourneySummary": _journey(order),
    }


def _line_items(order: Order) -> Source:
    number = order.id.rpartition("/")[2]
    items = [{"id": f"gid://shopify/LineItem/{number}{n}", "title": "Oud box", "quantity": n} for n in (1, 2)]
    ends = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": "1", "endCursor": "2"}
    edges = [{"cursor": str(n), "node": item} for n, item in enumerate(items, start=1)]
    return {"nodes": items, "edges": edges, "pageInfo": ends}


def _facts(order: Order) -> Source:
    return {
        "id": order.id,
        "legacyResourceId": order.id.rpartition("/")[2],
        "name": order.name,
        "number": int(order.name.removeprefix("#")),
        "test": order.test,
        "createdAt": iso(order.placed_at),
        "processedAt": iso(order.placed_at),
        "edited": False,
        "sourceName": "web",
        "currencyCode": order.store.currency,
        "presentmentCurrencyCode": order.presentment,
    }


def _state(order: Order) -> Source:
    payment = order.payment
    return {
        "updatedAt": iso(payment.updated_at),
        "cancelledAt": iso(payment.cancelled_at),
        "cancelReason": "CUSTOMER" if payment.cancelled_at else None,
        "closedAt": None,
        "displayFinancialStatus": payment.status,
        "displayFulfillmentStatus": "FULFILLED" if payment.status == "PAID" else "UNFULFILLED",
        "returnStatus": "RETURNED" if payment.refunds else "NO_RETURN",
        "paymentGatewayNames": list(payment.gateways),
    }


def _sums(order: Order) -> Source:
    payment, money = order.payment, _money_bag(order)
    return {
        "totalPriceSet": money(order.total),
        "originalTotalPriceSet": money(order.total),
        "currentTotalPriceSet": money(order.total - payment.refunded),
        "totalRefundedSet": money(payment.refunded),
        "totalDiscountsSet": money(0),
        "totalTaxSet": money(order.total * TAX_PER_MILLE // 1000),
        "totalShippingPriceSet": money(min(order.total, SHIPPING)),
        "netPaymentSet": money(payment.received - payment.refunded),
        "totalReceivedSet": money(payment.received),
    }


def _money_bag(order: Order) -> Callable[[int], Source]:
    def money(cents: int) -> Source:
        shown = order.presented if cents == order.total else exchange(cents, order.store.currency, order.presentment)
        return {
            "shopMoney": {"amount": amount(cents), "currencyCode": order.store.currency},
            "presentmentMoney": {"amount": amount(shown), "currencyCode": order.presentment},
        }

    return money


def _customer(order: Order) -> Source | None:
    if order.customer is None:
        return None
    return {"id": order.customer, "email": "buyer@example.com", "displayName": "A Buyer"}


def _refund(order: Order, refund: Refund) -> Source:
    number = order.id.rpartition("/")[2]
    at = iso(refund.at)
    return {
        "id": f"gid://shopify/Refund/{number}{refund.serial}",
        "createdAt": at,
        "processedAt": at,
        "updatedAt": at,
        "totalRefundedSet": _money_bag(order)(refund.cents),
    }


def _journey(order: Order) -> Source | None:
    journey = order.journey
    if journey.visits is None and journey.ready:
        return None
    visits = [_visit(visit) for visit in journey.visits or ()]
    days = (order.placed_at - journey.visits[0].occurred_at).days if journey.visits else None
    return {
        "ready": journey.ready,
        "customerOrderIndex": order.customer_index if journey.ready else None,
        "daysToConversion": days,
        "momentsCount": {"count": len(visits), "precision": "EXACT"} if journey.ready else None,
        "firstVisit": visits[0] if visits else None,
        "lastVisit": visits[-1] if visits else None,
        "moments": (lambda **paging: _moments(visits, **paging)) if journey.ready else None,
    }


def _moments(visits: list[Source], first: int | None = None, after: str | None = None, **_other: object) -> Source:
    start = int(after) if after else 0
    end = len(visits) if first is None else min(len(visits), start + first)
    return {
        "nodes": visits[start:end],
        "edges": [{"cursor": str(start + n + 1), "node": one} for n, one in enumerate(visits[start:end])],
        "pageInfo": {
            "hasNextPage": end < len(visits),
            "hasPreviousPage": start > 0,
            "startCursor": str(start + 1),
            "endCursor": str(end),
        },
    }


def _visit(visit: Visit) -> Source:
    return {
        "__typename": "CustomerVisit",
        "id": visit.id,
        "occurredAt": iso(visit.occurred_at),
        "landingPage": visit.landing_page,
        "referrerUrl": visit.referrer,
        "referralCode": None,
        "source": visit.source,
        "sourceDescription": visit.source.title(),
        "sourceType": "AD" if visit.utm else None,
        "utmParameters": _utm(visit.utm) if visit.utm else None,
    }


def _utm(utm: Utm) -> Source:
    return {name: value for name, value in vars(utm).items() if name != "id"}
