"""The stored fields of a Salla order, and the fingerprint that shows that one has changed.

Times are local, with their zone in a field of its own; amounts are JSON numbers and keep their text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from adsync.errors import ContractError
from adsync.models import RawJson, Record
from adsync.sources.common.decoding import decode
from adsync.sources.common.pii import Fields, allow_fields, campaign_link, hash_customer
from adsync.sources.common.records import RecordShape

UTM: Fields = dict.fromkeys(("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"))
CAMPAIGN: Fields = dict.fromkeys(("source", "medium", "campaign"))
# Short responses omit these: a stored value is not overwritten by a missing one.
ATTRIBUTION = {"source_details": tuple(UTM), "campaign": tuple(CAMPAIGN)}
ALLOWED_FIELDS: Fields = {
    **dict.fromkeys(("id", "reference_id", "date", "updated_at", "payment_method", "is_pending_payment", "draft")),
    **dict.fromkeys(("currency", "exchange_rate", "amounts", "source")),
    "status": {"id": None, "slug": None, "customized": {"id": None}},
    "source_details": {"type": None, "value": None, "device": None, **UTM},
    "campaign": CAMPAIGN,
}
EMPTY = {b"null", b'""', b"[]"}


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
        except (ValueError, ZoneInfoNotFoundError) as error:
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


class Attribution(msgspec.Struct):
    source_details: msgspec.Raw = msgspec.Raw(b"null")
    campaign: msgspec.Raw = msgspec.Raw(b"null")


SHAPE = RecordShape(
    "salla order", shown=("reference_id", "status.slug", "currency", "payment_method", "date.date", "updated_at.date")
)
LISTED = msgspec.json.Decoder(Listed)
ORDER = msgspec.json.Decoder(Order)
STORED = msgspec.json.Decoder(Stored)
ATTRIBUTED = msgspec.json.Decoder(Attribution)
TEXT = msgspec.json.Decoder(str)


def listed(item: RawJson) -> Listed:
    return decode(item, LISTED, "salla list row")


def fingerprint_of(payload: RawJson | None) -> str | None:
    """Returns the fingerprint of the list row when the stored order was read."""
    return decode(payload, STORED, "stored salla order").listed if payload else None


def detail(item: RawJson) -> Order:
    return decode(item, ORDER, "salla order")


def record(item: RawJson, order: Order, fingerprint: str, stored: RawJson | None, key: bytes) -> Record:
    payload: dict[str, Any] = allow_fields(item, ALLOWED_FIELDS)
    _clean_link(payload.get("source_details"))
    if stored:
        _keep_attribution(payload, stored)
    customer = order.customer.id if isinstance(order.customer, Customer) else None
    payload["customer_hash"] = None if customer is None else hash_customer(str(customer), key)
    payload["listed"] = fingerprint
    return Record(str(order.id), None, msgspec.json.encode(payload))


def _clean_link(details: dict[str, Any] | None) -> None:
    """Removes personal data from the value if it is a link; its content is not documented."""
    if details and b"://" in bytes(details.get("value", b"")):
        details["value"] = campaign_link(TEXT.decode(details["value"]))


def _keep_attribution(payload: dict[str, Any], stored: RawJson) -> None:
    previous = ATTRIBUTED.decode(stored)
    for name, words in ATTRIBUTION.items():
        old = allow_fields(getattr(previous, name), ALLOWED_FIELDS[name] or {})
        if _has_value(old, words) and not _has_value(payload.get(name), words):
            payload[name] = old


def _has_value(part: Mapping[str, Any] | None, words: tuple[str, ...]) -> bool:
    return bool(part) and any(bytes(part[word]) not in EMPTY for word in words if word in part)
