"""Finding what changed at a store that cannot be asked: lists in the order of change, compared with what is stored.

A list moves while it is read: rows that were read are known by their fingerprints, and a changed total starts
it over.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, TemporaryError
from adsync.models import Account, Page, Record, StoredPayloads
from adsync.sources.common.decoding import decode
from adsync.sources.salla.errors import OrderGone
from adsync.sources.salla.orders import Listed, detail, fingerprint_of, listed, record

PAGE_SIZE = 30
# So many orders in a row, older than what is looked for, end the walk.
MAX_OLD_ORDERS = 3
MAX_RESTARTS = 5


class Pagination(msgspec.Struct, rename="camel"):
    total: int
    per_page: int
    current_page: int
    total_pages: int


class Listing(msgspec.Struct):
    data: list[msgspec.Raw]
    pagination: Pagination


class One(msgspec.Struct):
    data: msgspec.Raw


LISTING = msgspec.json.Decoder(Listing)
ONE = msgspec.json.Decoder(One)


@dataclass
class ChangedOrders:
    """One walk down a list; with `since` it ends where orders get older than that, else with the list.

    `ages` are the fingerprints seen on this walk, each with the time of change where the order was read.
    """

    client: ApiClient
    account: Account
    known: StoredPayloads
    params: Mapping[str, str]
    since: datetime | None = None
    ages: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)
    old: int = 0

    async def pages(self) -> AsyncIterator[Page]:
        restarts, number, measures = 0, 1, None
        while not self._is_over:
            listing = await self._listing(number)
            now = (listing.pagination.total, listing.pagination.per_page)
            if measures not in {None, now}:
                restarts, number, measures, self.old = restarts + 1, 1, None, 0
                if restarts > MAX_RESTARTS:
                    raise TemporaryError("salla orders: the list changed too often while it was read")
                continue
            yield await self._changed([listed(item) for item in listing.data])
            # Pages may be smaller than asked for: only their number tells the last one.
            if number >= listing.pagination.total_pages:
                return
            number, measures = number + 1, now

    @property
    def _is_over(self) -> bool:
        return self.old >= MAX_OLD_ORDERS

    async def _listing(self, number: int) -> Listing:
        asked = {**self.params, "page": str(number), "per_page": str(PAGE_SIZE)}
        listing = decode((await self.client.get("orders", asked)).body, LISTING, "salla orders")
        if listing.pagination.current_page != number:
            raise ContractError(f"salla gave page {listing.pagination.current_page} again instead of page {number}")
        return listing

    async def _changed(self, rows: Sequence[Listed]) -> Page:
        """Read what differs from what is stored; then some of the rest, to learn how old it is."""
        stored = await self.known([str(row.id) for row in rows])
        same = [row for row in rows if fingerprint_of(stored.get(str(row.id))) == row.fingerprint]
        page: Page = []
        for row in rows:
            if not self._is_over and row not in same:
                page += await self._read(row, stored.get(str(row.id)))
        for row in reversed(same if self.since else []):
            if not self._is_over:
                page += await self._read(row, stored.get(str(row.id)))
        return page

    async def _read(self, row: Listed, stored: bytes | None) -> Page:
        """Nothing when this walk has read it, when it is gone, or when it is old and was never wanted."""
        key = str(row.id)
        fingerprint, changed_at = self.ages.get(key, ("", None))
        if fingerprint == row.fingerprint:
            self._note(changed_at)
            return []
        found = await self._detail(key, row.fingerprint, stored)
        changed_at = found[1] if found else None
        self.ages[key] = (row.fingerprint, changed_at)
        self._note(changed_at)
        wanted = found and (stored or self.since is None or found[1] >= self.since)
        return [found[0]] if found and wanted else []

    async def _detail(self, key: str, fingerprint: str, stored: bytes | None) -> tuple[Record, datetime] | None:
        try:
            response = await self.client.get(f"orders/{key}")
        except OrderGone:
            return None
        item = decode(response.body, ONE, "salla order").data
        order = detail(item)
        return record(item, order, fingerprint, stored, self.account.customer_key), order.updated_at.instant

    def _note(self, changed_at: datetime | None) -> None:
        if self.since and changed_at:
            self.old = self.old + 1 if changed_at < self.since else 0
