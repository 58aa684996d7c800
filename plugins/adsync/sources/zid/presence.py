"""Lists the orders that exist by their creation, with what shows a change that does not touch `updated_at`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC

import msgspec

from adsync.api.client import ApiClient
from adsync.models import Account, ListedRecord, RawJson
from adsync.ranges import TimeRange
from adsync.sources.base import PresenceCheck
from adsync.sources.common.decoding import decode, decode_or_none

PAGE_SIZE = 100


class Listing(msgspec.Struct):
    orders: list[msgspec.Raw]
    total_order_count: int


class Numbered(msgspec.Struct):
    id: int


class Status(msgspec.Struct):
    code: str


class Brief(msgspec.Struct):
    order_status: Status
    payment_status: str
    order_total: msgspec.Raw


LISTING = msgspec.json.Decoder(Listing)
NUMBERED = msgspec.json.Decoder(Numbered)
BRIEF = msgspec.json.Decoder(Brief)


async def list_orders(client: ApiClient, _account: Account, created_in: TimeRange) -> AsyncIterator[list[ListedRecord]]:
    """Yields every order created in the range; one that a changing list skips is requested by its id afterwards."""
    since, until = (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000") for moment in (created_in.since, created_in.until)
    )
    bounds = {"payload_type": "default", "date_attribute": "created_at", "date_from": since, "date_to": until}
    number, seen, has_more = 1, 0, True
    while has_more:
        page = {"sort_by": "asc", "page": str(number), "per_page": str(PAGE_SIZE)}
        response = await client.get("managers/store/orders", {**bounds, **page})
        listing = decode(response.body, LISTING, "zid orders")
        yield [ListedRecord(str(decode(row, NUMBERED, "zid order").id), fingerprint(row)) for row in listing.orders]
        seen += len(listing.orders)
        has_more = bool(listing.orders) and seen < listing.total_order_count
        number += 1


def fingerprint(payload: RawJson) -> str:
    """Returns statuses and total as one text; empty if they cannot be read."""
    order = decode_or_none(bytes(payload), BRIEF)
    return f"{order.order_status.code}/{order.payment_status}/{bytes(order.order_total).decode()}" if order else ""


PRESENCE = PresenceCheck(list_orders, ("created_at",), fingerprint, PAGE_SIZE)
