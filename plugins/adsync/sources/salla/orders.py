"""The stored fields of a Salla order, and the fingerprint that shows that one has changed.

Times are local, with their zone in a field of its own; amounts are JSON numbers and keep their text.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from adsync.errors import ContractError
from adsync.models import RawJson, Record
from adsync.sources.common.decoding import decode
from adsync.sources.common.pii import Fields, allow_fields, hash_customer
from adsync.sources.common.records import RecordShape
from adsync.sources.salla.attribution import read_attribution

ALLOWED_FIELDS: Fields = {
    **dict.fromkeys(("id", "reference_id", "date", "updated_at", "payment_method", "is_pending_payment", "draft")),
    **dict.fromkeys(("currency", "exchange_rate", "amounts", "source")),
    "status": {"id": None, "slug": None, "customized": {"id": None}},
}


class Customized(msgspec.Struct):
    id: int | None = None


class Status(msgspec.Struct):
    slug: str
    customized: Customized | list[Any] | None = None


class Money(msgspec.Struct):
    amount: Decimal


class Listed(msgspec.Struct):
    """A row of the list; it contains neither the time of change nor the origin of the order."""

    id: int
    status: Status
    total: Money
    payment_method: str | None = None
    is_pending_payment: bool = False
    draft: bool = False

    @property
    def fingerprint(self) -> str:
        own = self.status.customized.id if isinstance(self.status.customized, Customized) else None
        flags = f"{self.is_pending_payment:d}/{self.draft:d}"
        return f"{self.status.slug}/{own}/{self.total.amount.normalize():f}/{self.payment_method}/{flags}"


class Clock(msgspec.Struct):
    date: str
    timezone: str

    @property
    def instant(self) -> datetime:
        """The time in the zone of its own field, not in UTC; one that occurs twice counts as the later."""
        try:
            return datetime.fromisoformat(self.date).replace(tzinfo=ZoneInfo(self.timezone), fold=1)
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            raise ContractError(f"invalid salla time {self.date!r} in {self.timezone!r}") from error


class Customer(msgspec.Struct):
    id: int | None = None


class Order(msgspec.Struct):
    id: int
    date: Clock
    status: Status
    currency: str
    amounts: msgspec.Raw
    # The short form of an order lacks it.
    updated_at: Clock | None = None
    customer: Customer | list[Any] | None = None


class Stored(msgspec.Struct):
    listed: str = ""
    adsync_deleted_at: str = ""


SHAPE = RecordShape(
    "salla order", shown=("reference_id", "status.slug", "currency", "payment_method", "date.date", "updated_at.date")
)
LISTED = msgspec.json.Decoder(Listed)
ORDER = msgspec.json.Decoder(Order)
STORED = msgspec.json.Decoder(Stored)


def listed(item: RawJson) -> Listed:
    return decode(item, LISTED, "salla list row")


def fingerprint_of(payload: RawJson | None) -> str | None:
    """Returns the fingerprint of the list row when the stored order was read; none for one marked as deleted."""
    if payload is None:
        return None
    stored = decode(payload, STORED, "stored salla order")
    return "" if stored.adsync_deleted_at else stored.listed


def detail(item: RawJson) -> Order:
    return decode(item, ORDER, "salla order")


def record(item: RawJson, order: Order, fingerprint: str, stored: RawJson | None, key: bytes) -> Record:
    payload: dict[str, Any] = {**allow_fields(item, ALLOWED_FIELDS), **read_attribution(item, stored)}
    customer = order.customer.id if isinstance(order.customer, Customer) else None
    payload["customer_hash"] = None if customer is None else hash_customer(str(customer), key)
    payload["listed"] = fingerprint
    return Record(str(order.id), None, msgspec.json.encode(payload))
