"""The stored fields of a WooCommerce order; the same allow lists are sent with the request.

`meta_data` contains anything: values of any type, duplicate keys, card numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import msgspec

from adsync.models import RawJson, Record
from adsync.sources.common.decoding import decode
from adsync.sources.common.pii import Fields, allow_fields, campaign_link, hash_customer
from adsync.sources.common.records import RecordShape

PREFIX = "_wc_order_attribution_"
TOUCH = (
    *("source_type", "referrer", "session_entry", "session_start_time", "session_pages", "session_count"),
    *("utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_id", "utm_term"),
    *("utm_source_platform", "utm_creative_format", "utm_marketing_tactic", "device_type"),
)
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id")
# The second half is written by tracking plugins.
META_KEYS = (
    *(PREFIX + name for name in TOUCH),
    *("fbclid", "_fbc", "ttclid", "gclid"),
    *UTM,
    *(f"_{name}" for name in UTM),
)
LINKS = {f"{PREFIX}referrer", f"{PREFIX}session_entry"}
ALLOWED_FIELDS: Fields = {
    **dict.fromkeys(("id", "number", "status", "currency")),
    **dict.fromkeys(("date_created_gmt", "date_modified_gmt", "date_paid_gmt", "date_completed_gmt")),
    **dict.fromkeys(("total", "total_tax", "discount_total", "shipping_total", "payment_method", "created_via")),
    "refunds": {"id": None, "total": None},
}
REQUESTED_FIELDS = (*ALLOWED_FIELDS, "customer_id", "meta_data")


class Meta(msgspec.Struct):
    """An entry of `meta_data`; plugins write some without an id, or empty."""

    key: str
    value: msgspec.Raw
    id: int | str | None = None

    @property
    def age(self) -> int:
        """Orders entries of one key; those without an id count as the oldest."""
        return int(self.id) if str(self.id).isdecimal() else 0


class Order(msgspec.Struct):
    id: int
    status: str
    currency: str
    date_created_gmt: str
    date_modified_gmt: str
    total: msgspec.Raw
    customer_id: int | str | None = None
    meta_data: msgspec.Raw = msgspec.Raw(b"[]")


ORDER = msgspec.json.Decoder(Order)
META = msgspec.json.Decoder(Meta)
OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
ITEMS = msgspec.json.Decoder(list[msgspec.Raw])
SHAPE = RecordShape(
    "woocommerce order", shown=("number", "status", "currency", "total", "date_created_gmt", "date_modified_gmt")
)
TEXT = msgspec.json.Decoder(str)


def read(item: RawJson) -> Order:
    return decode(item, ORDER, "woocommerce order")


def record(item: RawJson, order: Order, key: bytes) -> Record:
    """Returns the record of an order; customer 0 stands for all guests and gets no hash."""
    payload: dict[str, Any] = allow_fields(item, ALLOWED_FIELDS)
    if isinstance(payload.get("refunds"), list):
        # Refunds of one second come in changing order.
        payload["refunds"].sort(key=_refund_place)
    payload["meta_data"] = _allowed_meta(_entries(order.meta_data))
    customer = str(order.customer_id or 0)
    payload["customer_hash"] = hash_customer(customer, key) if customer != "0" else None
    return Record(str(order.id), None, msgspec.json.encode(payload))


def _refund_place(refund: Mapping[str, Any] | None) -> tuple[int, bytes]:
    """Returns what refunds are sorted by: their ids as numbers, as far as they have one."""
    number = bytes(refund.get("id", b"")) if refund else b""
    return len(number), number


def _entries(meta_data: RawJson) -> Iterator[Meta]:
    """Yields the entries of a list, or of an object as older versions return it; what has no key and value is none."""
    text = bytes(meta_data)
    items = OBJECT.decode(text).values() if text.startswith(b"{") else ()
    for item in ITEMS.decode(text) if text.startswith(b"[") else items:
        with suppress(msgspec.ValidationError):
            yield META.decode(item)


def _allowed_meta(entries: Iterable[Meta]) -> list[dict[str, Any]]:
    """Returns the allowed keys with a plain value; of a duplicate key, the entry with the highest id."""
    newest = {entry.key: entry for entry in sorted(entries, key=lambda entry: entry.age)}
    allowed = (newest[key] for key in META_KEYS if key in newest)
    return [
        {"id": entry.id, "key": entry.key, "value": _without_personal_data(entry)}
        for entry in allowed
        if _is_plain(entry.value)
    ]


def _is_plain(value: RawJson) -> bool:
    return not bytes(value).startswith((b"{", b"["))


def _without_personal_data(entry: Meta) -> Any:
    if entry.key not in LINKS or not bytes(entry.value).startswith(b'"'):
        return entry.value
    return campaign_link(TEXT.decode(entry.value))
