"""Reads changed orders from a list that changes while it is read: each page starts after the last second passed.

WooCommerce selects ids first and loads each order afterwards: an order that is saved in between shows a later time than
its place in the list, and one that is deleted in between leaves its page short. Times are whole seconds and bounds are
exclusive, so each step starts one second earlier and drops the orders it already has.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from adsync.errors import ContractError, TemporaryError, TooMuchData
from adsync.models import Page, Record, RejectedRecord
from adsync.ranges import TimeRange
from adsync.sources.woocommerce.errors import SiteCrashed

ONE_SECOND = timedelta(seconds=1)
# The client waits no longer for a response.
LONGEST_REQUEST = timedelta(seconds=60)
# Syncs overlap by ten minutes; a site whose clock is slower than this is read from earlier, by at most a day.
SLOW_CLOCK, MAX_SLOW_CLOCK = timedelta(minutes=5), timedelta(days=1)
MAX_RESTARTS, MAX_UNLOADED = 20, 3
# So many rows may leave a page's place before the next page.
REPEATED_ROWS = 10


class Change(NamedTuple):
    """An order as it was saved at a second; one that is rejected is where it was listed."""

    key: str
    at: datetime
    record: Record | RejectedRecord


class Listed(NamedTuple):
    """A page: its rows, the number of rows from `after` on, and the site's time; None if a proxy removed the header."""

    rows: list[Change]
    total: int | None = None
    clock: datetime | None = None


@dataclass(frozen=True)
class Position:
    """Where a call starts: after a second, skipping `offset` rows; it returns at most `size` rows.

    With an offset the page has to repeat one of `previous`, the rows before it: otherwise too many of them have left.
    """

    after: datetime
    size: int
    offset: int = 0
    previous: frozenset[str] = frozenset()


Fetch = Callable[[Position], Awaitable[Listed]]
ReadUnreadable = Callable[[Position, SiteCrashed], Awaitable[Change]]


@dataclass
class ChangedOrders:
    """Yields changed orders.

    `fetch` reads rows by time; `read_unreadable` reads the rest of a row that crashes the site. Legacy storage sorts by
    the local time of `zone`. `clock` is the site's time before the next request; None before the first response.
    """

    fetch: Fetch
    read_unreadable: ReadUnreadable
    max_size: int
    time_range: TimeRange
    zone: tzinfo = UTC
    seen: dict[str, datetime] = field(default_factory=dict)
    last: list[str] = field(default_factory=list)
    clock: datetime | None = None
    found: int = 0
    restarts: int = 0

    async def changes(self) -> AsyncIterator[Page]:
        """Yields the records; an order that the site crashes on is rejected.

        Raises ContractError if the site returns the same page for different positions.
        """
        position: Position | None = Position(self.time_range.since - ONE_SECOND, self.max_size)
        while position:
            position, page = await self._page(position)
            self._check_progress(position, page.rows)
            yield self._new(page.rows)
            position = self._next(position, page)

    async def _page(self, position: Position) -> tuple[Position, Listed]:
        """Halves the page while the site crashes, down to the order that causes it."""
        while True:
            try:
                return position, await self.fetch(position)
            except (TooMuchData, SiteCrashed) as error:
                if position.size == 1:
                    if not isinstance(error, SiteCrashed):
                        raise
                    return position, Listed([await self.read_unreadable(position, error)])
            position = replace(position, size=position.size // 2)

    def _check_progress(self, position: Position, rows: list[Change]) -> None:
        """Another offset returns other orders, and orders saved past the range leave it."""
        keys = [row.key for row in rows]
        is_past = bool(rows) and all(row.at >= self.time_range.until for row in rows)
        if keys and keys == self.last and (position.offset or is_past):
            raise ContractError(
                "woocommerce returned the same orders again instead of the next ones (check for a cache)"
            )
        self.last = keys

    def _new(self, rows: list[Change]) -> Page:
        new = [row for row in rows if row.key not in self.seen]
        self.seen |= {row.key: row.at for row in new}
        self.found = len(new)
        return [row.record for row in new]

    def _next(self, position: Position, page: Listed) -> Position | None:
        """Returns the position after the last second passed, or further into rows that do not move it."""
        is_first, frontier = self.clock is None, self._frontier(page.clock)
        self.clock = page.clock or self.clock
        if is_first and page.clock and (slow := self.time_range.until - page.clock) > SLOW_CLOCK:
            self.seen.clear()
            return Position(self.time_range.since - min(slow, MAX_SLOW_CLOCK) - ONE_SECOND, self.max_size)
        if position.size > 1 and position.previous and position.previous.isdisjoint(self.last):
            return self._restarted(position)
        if self._is_end(position, page):
            return None
        settled = [row for row in page.rows if row.at < frontier]
        passed = self._passed(settled)
        if passed and (after := passed - ONE_SECOND) > position.after:
            self.restarts = 0
            self.seen = {key: at for key, at in self.seen.items() if at > after}
            return Position(after, min(2 * position.size, self.max_size))
        return self._further(position, page.rows, settled)

    def _frontier(self, clock: datetime | None) -> datetime:
        """Returns a time of the site before this request began: orders saved since may show a later time.

        That is the time of the previous response; the first request took no longer than a request may.
        """
        until = self.time_range.until
        return self.clock or (min(until, clock - LONGEST_REQUEST) if clock else until)

    def _is_end(self, position: Position, page: Listed) -> bool:
        """By the total, if there is one: an order that was deleted meanwhile makes a page short in the middle."""
        if page.total is not None and page.total >= position.offset + len(page.rows):
            return position.offset + position.size >= page.total
        return len(page.rows) < position.size and not self.found

    def _passed(self, rows: list[Change]) -> datetime | None:
        """Returns the time before which no row can follow: rows that are not in ascending order move it back.

        A row whose local time occurs twice does not count.
        """
        latest, disorder = None, timedelta()
        for at in (row.at for row in rows if not self._occurs_twice(row.at)):
            disorder = max(disorder, (latest or at) - at)
            latest = max(latest or at, at)
        return latest and latest - disorder

    def _occurs_twice(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()

    def _further(self, position: Position, rows: list[Change], settled: list[Change]) -> Position:
        """Returns a position with an offset: the next page repeats rows, which shows that none was passed over.

        Rows that have left the range or were deleted are missing from the same page when it is read again.
        """
        size = min(2 * position.size, self.max_size)
        inside = settled or [row for row in rows if row.at < self.time_range.until]
        if position.size > 1 and (last := rows.index(inside[-1]) if inside else 0):
            step = max(1, last + 1 - min(REPEATED_ROWS, position.size // 2))
            previous = frozenset(row.key for row in inside)
            return replace(position, offset=position.offset + step, size=size, previous=previous)
        if position.size > 1 and self.restarts < MAX_UNLOADED:
            return self._restarted(position)
        return replace(position, offset=position.offset + position.size, size=size, previous=frozenset())

    def _restarted(self, position: Position) -> Position:
        self.restarts += 1
        if self.restarts > MAX_RESTARTS:
            raise TemporaryError("woocommerce orders: the list kept changing while it was read")
        self.seen.clear()
        return replace(position, offset=0, previous=frozenset())
