"""Orders in the shapes that the loaders store.

Told for every store by `total` and `currency`; else each in its own words: Shopify's by refunded, received, status,
gateway, cancelled, test, visits and attributes, WooCommerce's by status, method, paid, refunded and session, Salla's by
status, method, pending, draft, details and campaign, Zid's by status, payment and method.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

Payload = dict[str, object]


def visit(number: int, moment: datetime, *, source: str = "unknown", **query: str) -> Payload:
    """A visit whose landing page has the query; `utm` is empty, as when Shopify did not parse it."""
    return {
        "id": f"gid://shopify/CustomerVisit/{number}",
        "occurredAt": _utc(moment),
        "landingPage": "https://shop.example/?" + urlencode(query),
        "referrerUrl": None,
        "source": source,
        "utmParameters": None,
    }


def _shopify_order(number: int, created: datetime, row: Payload) -> Payload:
    currency = row.get("currency", "SAR")
    visits = row.get("visits", [])
    return {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "test": row.get("test", False),
        "createdAt": _utc(created),
        "updatedAt": _utc(created),
        "cancelledAt": row.get("cancelled"),
        "closedAt": None,
        "displayFinancialStatus": row.get("status", "PAID"),
        "paymentGatewayNames": [row.get("gateway", "shopify_payments")],
        "currencyCode": currency,
        "totalPriceSet": _money(row["total"], currency),
        "totalRefundedSet": _money(row.get("refunded", "0.0"), currency),
        "netPaymentSet": _money(row.get("received", row["total"]), currency),
        "customAttributes": [{"key": key, "value": value} for key, value in row.get("attributes", {}).items()],
        "customer": {"id": "5f0c"},
        "customerJourneySummary": _journey(visits) if visits else None,
    }


def _journey(visits: list[Payload]) -> Payload:
    moments = {"nodes": visits, "pageInfo": {"hasNextPage": False}}
    return {
        "ready": True,
        "customerOrderIndex": 0,
        "firstVisit": visits[0],
        "lastVisit": visits[-1],
        "moments": moments,
    }


def _money(amount: str, currency: str) -> Payload:
    return {"shopMoney": {"amount": amount, "currencyCode": currency}}


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _woocommerce_order(number: int, created: datetime, row: Payload) -> Payload:
    meta = [("_wc_order_attribution_" + key, value) for key, value in row.get("session", {}).items()]
    return {
        "id": number,
        "number": str(number),
        "status": row.get("status", "processing"),
        "currency": row.get("currency", "AED"),
        "date_created_gmt": _naive(created).replace(" ", "T"),
        "date_paid_gmt": row.get("paid", _naive(created).replace(" ", "T")),
        "total": row["total"],
        "payment_method": row.get("method", "stripe"),
        "refunds": [{"id": number + 1, "total": f"-{row['refunded']}"}] if row.get("refunded") else [],
        "meta_data": [{"id": n, "key": key, "value": value} for n, (key, value) in enumerate(meta)],
        "customer_hash": None,
    }


def session(start: datetime, **tags: str) -> Payload:
    """WooCommerce's order attribution of the browser's session."""
    return {"session_start_time": _naive(start), **tags}


def _salla_order(number: int, created: datetime, row: Payload) -> Payload:
    """Money is a JSON number, times are Riyadh's."""
    local = created.astimezone(ZoneInfo("Asia/Riyadh"))
    return {
        "id": number,
        "reference_id": number % 1000,
        "date": {"date": f"{_clock(local)}.000000", "timezone_type": 3, "timezone": "Asia/Riyadh"},
        "status": {"id": 1, "slug": row.get("status", "completed"), "customized": {"id": 2}},
        "payment_method": row.get("method", "mada"),
        "is_pending_payment": row.get("pending", False),
        "draft": row.get("draft", False),
        "currency": row.get("currency", "SAR"),
        "amounts": {"total": {"amount": float(row["total"]), "currency": "SAR"}},
        "source_details": {"type": "direct", "value": None, "device": "mobile", **row.get("details", {})},
        "campaign": row.get("campaign", []),
        "customer_hash": "5f0d",
    }


def _zid_order(number: int, created: datetime, row: Payload) -> Payload:
    """Empty objects are lists here."""
    method = {"code": row["method"]} if "method" in row else []
    return {
        "id": number,
        "code": f"k{number:x}",
        "order_status": {"code": row.get("status", "new")},
        "payment_status": row.get("payment", "paid"),
        "order_total": f"{row['total']}000000000000",
        "currency_code": row.get("currency", "SAR"),
        "created_at": _naive(created),
        "payment": {"method": method},
        "customer_hash": "5f0e",
    }


def _naive(moment: datetime) -> str:
    return _clock(moment.astimezone(UTC))


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


ORDERS = {
    "shopify": _shopify_order,
    "woocommerce": _woocommerce_order,
    "salla": _salla_order,
    "zid": _zid_order,
}
