"""An order in Zid's format: 14 decimals, UTC times without a zone, a local time in Arabic, empty lists.

Orders have no source (sheet on Zid, sections 3 and 4).
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from adsync_sandbox.generator.money import amount
from adsync_sandbox.generator.orders.store_orders import StoreOrder

VAT_PERCENT = 15
NAMES = {"new": "جديد", "delivered": "تم التوصيل", "cancelled": "ملغي", "canceled": "ملغي"}
METHODS = {"zid_cod": "الدفع عند الاستلام", "zid_bank_transfer": "تحويل بنكي"}
# Fields of the full payload only.
FULL_ONLY = (
    *("products", "is_guest_customer", "is_marketplace_order", "is_gift_order", "is_potential_fraud"),
    *("edits_count", "delivered_at"),
)

Row = dict[str, object]


def order_row(sale: StoreOrder, *, full: bool) -> Row:
    row = {**_facts(sale), **_money(sale), **_flags(sale)}
    return row if full else {name: value for name, value in row.items() if name not in FULL_ONLY}


def utc(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else None


def _facts(sale: StoreOrder) -> Row:
    state = sale.state
    return {
        "id": sale.id,
        "code": f"k{sale.id:x}",
        "order_status": {"name": NAMES.get(state.status, state.status), "code": state.status},
        "payment_status": state.payment,
        "created_at": utc(sale.placed_at),
        "updated_at": utc(state.updated_at),
        "issue_date": _issued(sale),
        "source": "المتجر",
        "source_code": "catalog",
        "order_url": f"https://nakhla.example/o/{sale.id:x}",
        "transaction_slip": [],
        "customer": _customer(sale),
        "shipping": {"method": [], "address": {"street": "1 Palm Street"}},
    }


def _issued(sale: StoreOrder) -> str:
    """Returns the local time on a 12-hour clock in Arabic."""
    local = sale.placed_at.astimezone(ZoneInfo(sale.store.timezone))
    half = "ص" if f"{local:%p}".upper() == "AM" else "م"
    return f"{local:%d-%m-%Y | %I:%M} {half}"


def _money(sale: StoreOrder) -> Row:
    code = sale.store.currency
    vat = sale.total * VAT_PERCENT // (100 + VAT_PERCENT)
    parts = (("sub_totals_before_vat", sale.total - vat), ("vat", vat), ("total", sale.total))
    invoice = [{"code": name, "value": amount(cents), "title": name} for name, cents in parts]
    method = {"code": sale.state.method, "name": METHODS.get(sale.state.method, "بطاقة"), "transaction_status": []}
    return {
        "order_total": f"{amount(sale.total)}000000000000",
        "transaction_amount": sale.total / 100,
        "currency_code": code,
        "currency": {"order_currency": {"code": code, "exchange_rate": 1}, "order_store_currency": {"code": code}},
        "has_different_transaction_currency": False,
        "payment": {"method": method, "invoice": invoice},
    }


def _flags(sale: StoreOrder) -> Row:
    return {
        "is_guest_customer": int(sale.customer is None),
        "is_marketplace_order": _marketplace(sale),
        "is_gift_order": 0,
        "is_potential_fraud": False,
        "edits_count": 0,
        "delivered_at": utc(sale.state.done_at),
        "products": [{"id": "a1", "name": "عود", "quantity": 1}],
    }


def _marketplace(sale: StoreOrder) -> bool:
    return sale.number % 20 == 0


def _customer(sale: StoreOrder) -> Row:
    """Returns the customer; a marketplace masks all its buyers in the same way."""
    if _marketplace(sale):
        return {"id": sale.customer or 1, "name": "J*** D***", "email": "j***@example.com", "mobile": "96650*****"}
    known = {"name": "مشتري كريم", "email": "buyer@example.com", "mobile": "966501234567"}
    return {"id": sale.customer or 10_000 + sale.id % 10_000, **known}
