"""An order in the format of WooCommerce's v3: money as strings, naive times in two zones, and metadata.

The metadata has the store's attribution among personal data. Values need not be strings; of a duplicate key the entry
with the highest meta id is valid (sheet on WooCommerce, sections 3, 4 and 8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from adsync_sandbox.generator.money import amount
from adsync_sandbox.generator.orders.payments import Refund
from adsync_sandbox.generator.orders.store_orders import StoreOrder

PREFIX = "_wc_order_attribution_"
TAX_PER_MILLE, SHIPPING = 130, 1_500
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)"
TITLES = {"cod": "Cash on delivery", "bacs": "Direct bank transfer", "stripe": "Credit card"}
PERSON = {"first_name": "A", "last_name": "Buyer", "email": "buyer@example.com", "phone": "+971501234567"}

Row = dict[str, object]


def order_row(sale: StoreOrder, changed_at: datetime, zone: ZoneInfo, params: Mapping[str, str]) -> Row:
    """Returns the whole order, or the fields of _fields."""
    row = {**_facts(sale), **_times(sale, changed_at, zone), **_money(sale), **_people(sale)}
    row["meta_data"] = [one for one in _meta(sale) if _wanted(str(one["key"]), params)]
    asked = {name.partition(".")[0].strip() for name in params.get("_fields", "").split(",") if name.strip()}
    return {name: value for name, value in row.items() if name in asked} if asked else row


def refund_row(sale: StoreOrder, refund: Refund) -> Row:
    """Returns a refund; its amount is positive here and negative inside its order."""
    at = refund.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return {"id": _refund_id(sale, refund), "date_created_gmt": at, "amount": amount(refund.cents), "reason": ""}


def _refund_id(sale: StoreOrder, refund: Refund) -> int:
    return sale.id * 10 + refund.serial


def _facts(sale: StoreOrder) -> Row:
    by_staff = sale.journey.carrier == "admin"
    return {
        "id": sale.id,
        "parent_id": 0,
        # A plugin of one store numbers its orders differently.
        "number": str(sale.number if sale.store.plain_permalinks else sale.id),
        "order_key": f"wc_order_{sale.id:x}",
        "created_via": "admin" if by_staff else "checkout",
        "version": "11.0.1",
        "status": sale.state.status,
        "currency": sale.store.currency,
        "payment_method": sale.state.method,
        "payment_method_title": TITLES.get(sale.state.method, sale.state.method.title()),
        "transaction_id": "",
        "cart_hash": "",
        "prices_include_tax": True,
        "payment_url": f"https://{sale.store.id}/checkout/pay/{sale.id}?key=wc_order_{sale.id:x}",
        "is_editable": False,
        "needs_payment": False,
        "needs_processing": True,
    }


def _times(sale: StoreOrder, changed_at: datetime, zone: ZoneInfo) -> Row:
    moments = {
        "date_created": sale.placed_at,
        "date_modified": changed_at,
        "date_paid": sale.state.paid_at,
        "date_completed": sale.state.done_at,
    }
    found: Row = {}
    for name, at in moments.items():
        for suffix, where in (("", zone), ("_gmt", UTC)):
            found[name + suffix] = at.astimezone(where).strftime("%Y-%m-%dT%H:%M:%S") if at else None
    return found


def _money(sale: StoreOrder) -> Row:
    refunds = [
        {"id": _refund_id(sale, one), "reason": "", "total": f"-{amount(one.cents)}"} for one in sale.state.refunds
    ]
    tax = amount(sale.total * TAX_PER_MILLE // 1000)
    return {
        "total": amount(sale.total),
        "total_tax": tax,
        "cart_tax": tax,
        "discount_total": "0.00",
        "discount_tax": "0.00",
        "shipping_total": amount(min(sale.total, SHIPPING)),
        "shipping_tax": "0.00",
        "refunds": refunds,
        **{name: [] for name in ("line_items", "tax_lines", "shipping_lines", "fee_lines", "coupon_lines")},
    }


def _people(sale: StoreOrder) -> Row:
    return {
        "customer_id": sale.customer or 0,
        "customer_ip_address": "203.0.113.7",
        "customer_user_agent": AGENT,
        "customer_note": "",
        "billing": {**PERSON, "address_1": "1 Palm Street"},
        "shipping": {**PERSON, "address_1": "1 Palm Street"},
    }


def _wanted(key: str, params: Mapping[str, str]) -> bool:
    for name, wanted in (("include_meta", True), ("exclude_meta", False)):
        keys = {one for form in (name, f"{name}[]") for one in params.get(form, "").split(",") if one}
        if keys:
            return (key in keys) == wanted
    return True


def _meta(sale: StoreOrder) -> list[Row]:
    return [{"id": sale.id * 100 + n, "key": key, "value": value} for n, (key, value) in enumerate(_pairs(sale))]


def _pairs(sale: StoreOrder) -> Iterator[tuple[str, object]]:
    yield "_card_number", 4_242_424_242_424_242
    yield "_national_id", {"type": "iqama", "number": "2000000000"}
    yield "is_vat_exempt", "no"
    if sale.kind == "written_twice":
        yield f"{PREFIX}utm_campaign", "before-the-last-import"
    for key, value in _attribution(sale):
        yield PREFIX + key, value
    if sale.kind == "click_id_alone":
        yield "_fbc", "fb.1.1700000000000.IwAR0"
    yield "_tags", ["vip", 3]


def _attribution(sale: StoreOrder) -> Iterator[tuple[str, str]]:
    """Returns the order's touch; orders by staff are marked as such, and some orders have none."""
    journey = sale.journey
    if journey.carrier:
        yield "source_type", journey.carrier
    yield from journey.attributes
    for visit in journey.visits or ():
        for name, value in (vars(visit.utm) if visit.utm else {}).items():
            if value:
                yield f"utm_{name}", value
        if visit.referrer:
            yield "referrer", visit.referrer
        yield "session_entry", visit.landing_page
        yield "session_start_time", visit.occurred_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        yield "session_pages", "6"
        yield "session_count", "1"
    if journey.visits:
        yield "user_agent", AGENT
        yield "device_type", "Mobile"
