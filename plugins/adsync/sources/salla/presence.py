"""Lists the orders that exist, by their days of creation; changes are found by fingerprint in the same days."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from adsync.api.client import ApiClient
from adsync.models import Account, ListedRecord
from adsync.ranges import TimeRange
from adsync.sources.base import PresenceCheck
from adsync.sources.common.decoding import decode
from adsync.sources.salla.order_changes import LISTING, PAGE_SIZE, creation_days


class Numbered(msgspec.Struct):
    id: int


NUMBERED = msgspec.json.Decoder(Numbered)


async def list_orders(client: ApiClient, account: Account, created_in: TimeRange) -> AsyncIterator[list[ListedRecord]]:
    """Yields every order created in the days; one that a changing list skips is requested by its id afterwards."""
    number, pages = 1, 1
    while number <= pages:
        page = {"sort_by": "id-desc", "page": str(number), "per_page": str(PAGE_SIZE)}
        response = await client.get("orders", {**creation_days(account, created_in), **page})
        listing = decode(response.body, LISTING, "salla orders")
        yield [ListedRecord(str(decode(row, NUMBERED, "salla order").id)) for row in listing.data]
        number, pages = number + 1, listing.pagination.total_pages


PRESENCE = PresenceCheck(list_orders, ("date", "date"), None, PAGE_SIZE)
