"""Reads changed orders from a list that changes while it is read: each page starts after the last second seen.

Numbered pages skip a row whenever an order is saved meanwhile; a second cannot be skipped. Times are whole seconds and
bounds are exclusive, so each step starts one second earlier and drops the orders it already has.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from adsync.errors import ContractError, TooMuchData, Unreadable
from adsync.models import Record
from adsync.sources.woocommerce.errors import SiteCrashed

LOG = logging.getLogger(__name__)
ONE_SECOND = timedelta(seconds=1)


class Change(NamedTuple):
    """An order as it was saved at a second; `record` is None if the site crashes on it."""

    key: str
    at: datetime
    record: Record | None


@dataclass(frozen=True)
class Position:
    """Where a call starts: after a second, skipping `offset` rows of the next one; it returns at most `size` rows."""

    after: datetime
    size: int
    offset: int = 0


Fetch = Callable[[Position], Awaitable[list[Change]]]
ReadUnreadable = Callable[[Position, SiteCrashed], Awaitable[Change]]


@dataclass
class ChangedOrders:
    """Yields changed orders.

    `fetch` reads rows by time; `read_unreadable` reads the rest of a row that crashes the site. `found` counts the new
    rows since the last position without an offset, `last` are the keys of the previous page.
    """

    fetch: Fetch
    read_unreadable: ReadUnreadable
    max_size: int
    seen: dict[str, datetime] = field(default_factory=dict)
    found: int = 0
    last: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    async def changes(self, since: datetime) -> AsyncIterator[list[Record]]:
        """Yields the records; at the end raises Unreadable if orders were left out.

        Raises ContractError if the site returns the same page for different positions.
        """
        position: Position | None = Position(since - ONE_SECOND, self.max_size)
        while position:
            position, rows = await self._rows(position)
            self._check_progress(position, [row.key for row in rows])
            yield self._new(rows)
            position = self._next(position, rows)
        if self.unreadable:
            raise Unreadable(f"the site crashes on {', '.join(self.unreadable)}: its host's error log names the plugin")

    async def _rows(self, position: Position) -> tuple[Position, list[Change]]:
        """Halves the page while the site crashes, down to the order that causes it."""
        while True:
            try:
                return position, await self.fetch(position)
            except (TooMuchData, SiteCrashed) as error:
                if position.size == 1:
                    if not isinstance(error, SiteCrashed):
                        raise
                    return position, [await self.read_unreadable(position, error)]
            position = replace(position, size=position.size // 2)

    def _check_progress(self, position: Position, keys: list[str]) -> None:
        """With an offset the orders must differ; without one, a page may start with the end of the previous."""
        if position.offset and keys and keys == self.last:
            raise ContractError(
                "woocommerce returned the same orders again instead of the next ones (check for a cache)"
            )
        self.last = keys

    def _new(self, rows: list[Change]) -> list[Record]:
        new = [row for row in rows if row.key not in self.seen]
        self.seen |= {row.key: row.at for row in new}
        self.found += len(new)
        lost = [row.key for row in new if row.record is None]
        self.unreadable += lost
        for key in lost:
            LOG.warning("unreadable at the site: %s", key)
        return [row.record for row in new if row.record is not None]

    def _next(self, position: Position, rows: list[Change]) -> Position | None:
        """Returns the position after the last second seen, or further into a second with more orders than a page."""
        last = max((row.at for row in rows), default=position.after) - ONE_SECOND
        is_at_end, moves = len(rows) < position.size, last > position.after
        # A row that leaves a full second moves the next one to the previous page.
        again = bool(position.offset and self.found) and (is_at_end or moves)
        self.found = 0 if again or moves else self.found
        if again:
            return replace(position, offset=0)
        if is_at_end:
            return None
        if not moves:
            return replace(position, offset=position.offset + len(rows))
        self.seen = {key: at for key, at in self.seen.items() if at > last}
        return Position(last, min(2 * position.size, self.max_size))
