"""The stored fields of a Zid order. The API does not report where an order came from.

Empty objects arrive as `[]`; a marketplace masks all its customers in the same way.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from adsync.errors import ContractError
from adsync.models import RawJson, Record
from adsync.sources.common.decoding import decode
from adsync.sources.common.pii import Fields, allow_fields, hash_customer
from adsync.sources.common.records import RecordShape

CODE: Fields = {"code": None}
ALLOWED_FIELDS: Fields = {
    **dict.fromkeys(("id", "code", "payment_status", "order_total", "currency_code", "created_at", "updated_at")),
    **dict.fromkeys(("issue_date", "source", "source_code", "is_guest_customer", "is_marketplace_order")),
    "delivered_at": None,
    "order_status": CODE,
    "currency": {"order_currency": {"code": None, "exchange_rate": None}, "order_store_currency": CODE},
    "payment": {"method": CODE, "invoice": {"code": None, "value": None}},
}
MASK = "***"
# Fields for the origin of an order, in case Zid adds them.
ORIGIN = re.compile(
    rb'"(utm_\w+|\w*clid|scc?id|refer+er\w*|landing\w*|campaign\w*)"\s*:\s*(?!null|""|\[\]|\{\}|false)', re.IGNORECASE
)


class Customer(msgspec.Struct):
    id: int | str | None = None
    name: str | None = None
    email: str | None = None
    mobile: str | int | None = None


class Order(msgspec.Struct):
    id: int
    order_status: msgspec.Raw
    payment_status: str
    order_total: msgspec.Raw
    currency_code: str
    created_at: str
    updated_at: str
    issue_date: Any = None
    is_marketplace_order: bool | int | None = None
    customer: Customer | list[Any] | None = None

    @property
    def changed_at(self) -> datetime:
        return _utc(self.updated_at, "updated_at")

    @property
    def placed_at(self) -> datetime:
        return _utc(self.created_at, "created_at")


SHAPE = RecordShape(
    "zid order", shown=("code", "order_status.code", "payment_status", "order_total", "currency_code", "updated_at")
)
ORDER = msgspec.json.Decoder(Order)


def _utc(clock: str, name: str) -> datetime:
    """Returns the time as UTC; `timezone_check` verifies that against the invoices."""
    try:
        return datetime.fromisoformat(clock).replace(tzinfo=UTC)
    except ValueError as error:
        raise ContractError(f"zid {name}: invalid time {clock!r}") from error


def read(item: RawJson) -> Order:
    return decode(item, ORDER, "zid order")


def origin_field(item: RawJson) -> str:
    """Returns the first field for an order's origin, or an empty text; none is documented."""
    found = ORIGIN.search(bytes(item))
    return found[1].decode() if found else ""


def record(item: RawJson, order: Order, key: bytes) -> Record:
    payload: dict[str, Any] = allow_fields(item, ALLOWED_FIELDS)
    payload["customer_hash"] = _customer_hash(order, key)
    return Record(str(order.id), None, msgspec.json.encode(payload))


def _customer_hash(order: Order, key: bytes) -> str | None:
    """Returns the hash of a customer; None for masked ones, which would all be one customer."""
    customer = order.customer
    if not isinstance(customer, Customer) or customer.id is None or order.is_marketplace_order:
        return None
    is_masked = any(MASK in str(text) for text in (customer.name, customer.email, customer.mobile))
    return None if is_masked else hash_customer(str(customer.id), key)
