"""An order in Salla's format: few fields in lists, all of them by id.

Times are local with their zone, money is JSON numbers, and UTM tags are in the whole order only, in source_details or
in campaign (sheet on Salla, sections 2 to 4).
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from adsync_sandbox.generator.orders.store_orders import StoreOrder

ZONE = "Asia/Riyadh"
FIRST_STATUS, OWN_STATUS = 1_939_592_350, 566_146_469
NAMES = {
    "payment_pending": "بإنتظار الدفع",
    "under_review": "بإنتظار المراجعة",
    "in_progress": "قيد التنفيذ",
    "completed": "تم التنفيذ",
    "delivering": "جاري التوصيل",
    "delivered": "تم التوصيل",
    "shipped": "تم الشحن",
    "canceled": "ملغي",
    "restored": "مسترجع",
    "restoring": "قيد الإسترجاع",
}
STATUS_IDS = {slug: FIRST_STATUS + n for n, slug in enumerate(NAMES)}
TAX_PERCENT, SHIPPING, ON_DELIVERY = 15, 2_500, 1_000
UTM_CONTAINER, OTHER_CONTAINER = "source_details", "campaign"

Row = dict[str, object]


def row(sale: StoreOrder) -> Row:
    """Returns the order of a list, without time of change, source and amounts."""
    return {
        "id": sale.id,
        "reference_id": sale.number,
        "total": _money(sale, sale.total),
        "exchange_rate": [],
        "date": clock(sale.placed_at),
        "status": status(sale),
        "can_cancel": False,
        "can_reorder": False,
        "payment_method": sale.state.method,
        "is_pending_payment": sale.state.pending,
        "pending_payment_ends_at": 0,
        "features": {"digitalable": False, "shippable": True},
        "items": [{"name": "عود", "quantity": 1, "thumbnail": None}],
        "customer": _customer(sale),
        "draft": sale.draft,
        "read": True,
    }


def whole(sale: StoreOrder, changed_at: datetime, *, light: bool) -> Row:
    """Returns the whole order; a light one lacks items and source."""
    known = {**row(sale), "updated_at": clock(changed_at), "currency": sale.store.currency, "amounts": _amounts(sale)}
    known["source"] = "dashboard" if sale.journey.carrier == "admin" else "store"
    known["urls"] = {"customer": f"https://shop.example/orders/{sale.id:x}", "admin": "https://s.example/token"}
    known["bank"] = {"iban": "SA0000000000000000000000"} if sale.state.method == "bank" else None
    if light:
        del known["items"]
        return known
    return {**known, **_source(sale)}


def clock(at: datetime) -> Row:
    """Returns a time in PHP's format: local, with its zone."""
    local = at.astimezone(ZoneInfo(ZONE))
    return {"date": f"{local:%Y-%m-%d %H:%M:%S}.000000", "timezone_type": 3, "timezone": ZONE}


def status(sale: StoreOrder) -> Row:
    """Returns the platform's status, and for some orders the merchant's own substatus."""
    slug = sale.state.status
    standard = {"id": STATUS_IDS[slug], "name": NAMES[slug]}
    own = {"id": OWN_STATUS, "name": "جاهز للتغليف 🎁"} if slug == "in_progress" and sale.number % 2 else standard
    return {**standard, "slug": slug, "customized": own}


def _money(sale: StoreOrder, cents: int) -> Row:
    return {"amount": cents // 100 if cents % 100 == 0 else cents / 100, "currency": sale.store.currency}


def _amounts(sale: StoreOrder) -> Row:
    shipping = min(sale.total // 2, SHIPPING)
    on_delivery = min(sale.total // 4, ON_DELIVERY) if sale.state.method == "cod" else 0
    tax = sale.total * TAX_PERCENT // (100 + TAX_PERCENT)
    return {
        "sub_total": _money(sale, sale.total - shipping - on_delivery - tax),
        "shipping_cost": _money(sale, shipping),
        "cash_on_delivery": _money(sale, on_delivery),
        "tax": {"percent": f"{TAX_PERCENT}.00", "amount": _money(sale, tax)},
        "discounts": [],
        "total": _money(sale, sale.total),
    }


def _customer(sale: StoreOrder) -> Row:
    return {
        "id": sale.customer or 2_250_000_000_000 + sale.id % 1_000_000,
        "first_name": "مشتري",
        "last_name": "كريم",
        "mobile": 501_234_567,
        "mobile_code": "+966",
        "email": "buyer@example.com",
    }


def _source(sale: StoreOrder) -> Row:
    tags = dict(sale.journey.attributes)
    carrier = sale.journey.carrier
    kind = {UTM_CONTAINER: "campaign", OTHER_CONTAINER: "campaign", "admin": "dashboard"}.get(carrier, "direct")
    details: Row = {"type": kind, "value": None, "device": "mobile", "user-agent": "Mozilla/5.0", "ip": "203.0.113.9"}
    if carrier == UTM_CONTAINER:
        return {"source_details": {**details, **tags}}
    if carrier == OTHER_CONTAINER:
        short = {name: tags.get(f"utm_{name}") for name in ("source", "medium", "campaign")}
        return {"source_details": details, "campaign": short}
    return {"source_details": details if carrier else None}
