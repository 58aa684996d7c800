"""Lists the orders that exist, with what shows an undated change: a deleted refund, an edited total, another status."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC

import msgspec

from adsync.api.client import ApiClient
from adsync.models import Account, ListedRecord, RawJson
from adsync.ranges import TimeRange
from adsync.sources.base import PresenceCheck
from adsync.sources.common.decoding import decode, decode_or_none
from adsync.sources.woocommerce.site_index import get

PAGE_SIZE = 100
# Orders in the trash are in a list of their own.
STATUSES = ("any", "trash")
FIELDS = "id,status,total,refunds"


class Refund(msgspec.Struct):
    id: int
    total: msgspec.Raw


class Brief(msgspec.Struct):
    id: int
    status: str = ""
    total: msgspec.Raw = msgspec.Raw(b"null")
    refunds: list[Refund] = msgspec.field(default_factory=list)


class Numbered(msgspec.Struct):
    id: int


ROWS = msgspec.json.Decoder(list[msgspec.Raw])
NUMBERED = msgspec.json.Decoder(Numbered)
BRIEF = msgspec.json.Decoder(Brief)


async def list_orders(client: ApiClient, _account: Account, created_in: TimeRange) -> AsyncIterator[list[ListedRecord]]:
    """Yields every order created in the range, by id, then those in the trash.

    An order that a changing list skips is only missing here: it is requested by its id before anything is concluded.
    """
    since, until = (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") for moment in (created_in.since, created_in.until)
    )
    bounds = {"after": since, "before": until, "dates_are_gmt": "true", "orderby": "id", "order": "asc"}
    for status in STATUSES:
        number, has_more = 1, True
        while has_more:
            page = {"status": status, "page": str(number), "per_page": str(PAGE_SIZE), "_fields": FIELDS}
            response = await get(client, "wc/v3/orders", {**bounds, **page})
            rows = decode(response.body, ROWS, "woocommerce orders")
            yield [ListedRecord(str(decode(row, NUMBERED, "woocommerce order").id), fingerprint(row)) for row in rows]
            pages = response.headers.get("x-wp-totalpages", "")
            has_more = number < int(pages) if pages.isdecimal() else len(rows) == PAGE_SIZE
            number += 1


def fingerprint(payload: RawJson) -> str:
    """Returns status, total and refunds as one text; empty if they cannot be read."""
    order = decode_or_none(bytes(payload), BRIEF)
    if order is None or not order.status:
        return ""
    refunds = sorted(f"{refund.id}:{_text(refund.total)}" for refund in order.refunds)
    return "/".join((order.status, _text(order.total), *refunds))


def _text(value: RawJson) -> str:
    """Returns an amount, which some plugins return as a number."""
    return bytes(value).decode().strip('"')


PRESENCE = PresenceCheck(list_orders, ("date_created_gmt",), fingerprint, PAGE_SIZE, lists=len(STATUSES))
