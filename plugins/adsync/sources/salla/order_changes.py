"""Finds changed orders without a filter for changes: reads the list by last change and compares fingerprints.

The list changes while it is read, newest first: orders that were read are recognized by fingerprint, new ones move
others to later pages, and an order that was deleted moves them to earlier pages, which are then read again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, TemporaryError
from adsync.models import Account, Page, RawJson, Record, RejectedRecord, StoredPayloads
from adsync.ranges import ONE_DAY, TimeRange
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import build_one, build_page, check_page
from adsync.sources.salla.errors import OrderGone
from adsync.sources.salla.orders import SHAPE, Listed, detail, fingerprint_of, listed, record

PAGE_SIZE = 30
# So many consecutive orders older than the range end the read.
MAX_OLD_ORDERS = 3
MAX_STEPS_BACK = 20
# So many consecutive orders may fail although the list is readable.
MAX_FAILED = 2
# The age of an order that does not say when it changed, and has not.
OLDEST = datetime.min.replace(tzinfo=UTC)


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


def _pages_back(previous: Pagination, current: Pagination) -> int:
    """Returns how many pages to read again; pages of another size have to be read from the first one."""
    if current.per_page != previous.per_page:
        return current.current_page
    return max(0, ceil((previous.total - current.total) / max(1, current.per_page)))


@dataclass
class ChangedOrders:
    """Yields the changed orders of one list; with `since`, up to the first orders that changed before.

    `ages` are the fingerprints seen in this read, each with the time of change if the order was read.
    """

    client: ApiClient
    account: Account
    stored: StoredPayloads
    params: Mapping[str, str]
    since: datetime | None = None
    ages: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)
    old: int = 0
    failed: int = 0

    async def pages(self) -> AsyncIterator[Page]:
        steps_back, number, previous = 0, 1, None
        while not self._is_done:
            listing = await self._listing(number)
            if number > 1 and previous and (pages := _pages_back(previous, listing.pagination)):
                steps_back, number, previous, self.old = steps_back + 1, max(1, number - pages), listing.pagination, 0
                if steps_back > MAX_STEPS_BACK:
                    raise TemporaryError("salla orders: the list kept changing while it was read")
                continue
            yield await self._read_changed(build_page(listing.data, listed, SHAPE))
            # Pages may be smaller than requested: only the page number shows which is the last.
            if number >= listing.pagination.total_pages:
                return
            number, previous = number + 1, listing.pagination

    @property
    def _is_done(self) -> bool:
        return self.old >= MAX_OLD_ORDERS

    async def _listing(self, number: int) -> Listing:
        params = {**self.params, "page": str(number), "per_page": str(PAGE_SIZE)}
        listing = decode((await self.client.get("orders", params)).body, LISTING, "salla orders")
        if listing.pagination.current_page != number:
            raise ContractError(f"salla returned page {listing.pagination.current_page} again instead of page {number}")
        return listing

    async def _read_changed(self, page: Sequence[Listed | RejectedRecord]) -> Page:
        """Reads orders that differ from their stored state; then some unchanged ones, to find out how old they are.

        An order whose row is unreadable is read by its id.
        """
        rows = [each for each in page if isinstance(each, Listed)]
        rejected = [each for each in page if isinstance(each, RejectedRecord)]
        unreadable = [each.key for each in rejected if each.key.isdecimal()]
        stored = await self.stored([*(str(row.id) for row in rows), *unreadable])
        same = [row for row in rows if fingerprint_of(stored.get(str(row.id))) == row.fingerprint]
        read: Page = [each for each in rejected if each.key not in unreadable]
        for key in unreadable:
            if found := await self._request_order(key, "", stored.get(key)):
                read.append(found[0])
        for row in rows:
            if not self._is_done and row not in same:
                read += await self._read_order(row, stored.get(str(row.id)))
        for row in reversed(same if self.since else []):
            if not self._is_done:
                read += await self._read_order(row, stored.get(str(row.id)), is_same=True)
        check_page(read)
        return read

    async def _read_order(self, row: Listed, stored: bytes | None, *, is_same: bool = False) -> Page:
        """Returns the order, or nothing if it was read before, no longer exists, or is older than the range.

        An order without a time of change counts as old if it is the same as stored: the list is sorted by that time.
        """
        key = str(row.id)
        fingerprint, changed_at = self.ages.get(key, ("", None))
        if fingerprint == row.fingerprint:
            self._count_if_old(changed_at)
            return []
        found = await self._request_order(key, row.fingerprint, stored)
        changed_at = found[1] if found else None
        if found and changed_at is None and is_same:
            changed_at = OLDEST
        self.ages[key] = (row.fingerprint, changed_at)
        self._count_if_old(changed_at)
        is_wanted = stored or self.since is None or changed_at is None or changed_at >= self.since
        return [found[0]] if found and is_wanted else []

    async def _request_order(
        self, key: str, fingerprint: str, stored: bytes | None
    ) -> tuple[Record | RejectedRecord, datetime | None] | None:
        """Requests an order. A few that Salla fails on are rejected; more in a row are an outage."""
        try:
            found = await request_order(self.client, self.account, key, fingerprint, stored)
        except TemporaryError as error:
            self.failed += 1
            if self.failed > MAX_FAILED:
                raise
            return RejectedRecord(key, str(error)), None
        self.failed = 0
        return found

    def _count_if_old(self, changed_at: datetime | None) -> None:
        if self.since and changed_at:
            self.old = self.old + 1 if changed_at < self.since else 0


async def request_order(
    client: ApiClient, account: Account, key: str, fingerprint: str, stored: bytes | None
) -> tuple[Record | RejectedRecord, datetime | None] | None:
    """Reads one order; returns it and its time of change, or None if it no longer exists."""
    try:
        response = await client.get(f"orders/{key}")
    except OrderGone:
        return None

    def build(item: RawJson) -> tuple[Record, datetime | None]:
        order = detail(item)
        changed_at = order.updated_at.instant if order.updated_at else None
        return record(item, order, fingerprint, stored, account.customer_key), changed_at

    item = decode(response.body, ONE, "salla order").data
    found = build_one(item, build, SHAPE)
    return (found._replace(key=key), None) if isinstance(found, RejectedRecord) else found


async def read_by_id(
    client: ApiClient, account: Account, keys: Sequence[str], stored: StoredPayloads
) -> AsyncIterator[Page]:
    """Yields the orders of these ids that still exist; what was stored of their origin is kept."""
    known = await stored(keys)
    for key in filter(str.isdecimal, keys):
        if found := await request_order(client, account, key, "", known.get(key)):
            yield [found[0]]


def creation_days(account: Account, time_range: TimeRange) -> dict[str, str]:
    """Returns the parameters for the days of a range, and one more on each side."""
    first, last = (moment.astimezone(account.zone).date() for moment in (time_range.since, time_range.until))
    return {"from_date": str(first - ONE_DAY), "to_date": str(last + ONE_DAY)}
