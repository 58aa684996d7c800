"""Walking a list of changes that goes on changing: always from the start, after the last second seen.

Pages by number skip a row whenever an order is saved meanwhile; a second cannot be skipped. Times have whole
seconds and bounds are exclusive, so each step goes back one second and drops what it has already.
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
    """An order as it was saved at a second; None for one that the site cannot show."""

    key: str
    at: datetime
    record: Record | None


@dataclass(frozen=True)
class Place:
    """Where a call starts: after a second, and past so many rows of the next one; `size` rows at most."""

    after: datetime
    size: int
    offset: int = 0


Fetch = Callable[[Place], Awaitable[list[Change]]]
StandIn = Callable[[Place, SiteCrashed], Awaitable[Change]]


@dataclass
class ChangedOrders:
    """`fetch` reads rows in the order of their seconds; `stand_in` tells what is known of a row that crashes the site.

    `found` counts the rows that were new since the walk last stood at the start of a second, `last` are the rows of
    the page before.
    """

    fetch: Fetch
    stand_in: StandIn
    largest: int
    seen: dict[str, datetime] = field(default_factory=dict)
    found: int = 0
    last: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    async def changes(self, since: datetime) -> AsyncIterator[list[Record]]:
        """Yield the records; the last thing to come is Unreadable when orders were left out.

        Raises ContractError when the site hands out one and the same page wherever it is asked to start.
        """
        place: Place | None = Place(since - ONE_SECOND, self.largest)
        while place:
            place, rows = await self._rows(place)
            self._refuse_circle(place, [row.key for row in rows])
            yield self._new(rows)
            place = self._next(place, rows)
        if self.unreadable:
            raise Unreadable(
                f"the site crashes over {', '.join(self.unreadable)}: its host's error log names the plugin"
            )

    async def _rows(self, place: Place) -> tuple[Place, list[Change]]:
        """Halve the page when the site cannot show it, down to the one order that is to blame."""
        while True:
            try:
                return place, await self.fetch(place)
            except (TooMuchData, SiteCrashed) as error:
                if place.size == 1:
                    if not isinstance(error, SiteCrashed):
                        raise
                    return place, [await self.stand_in(place, error)]
            place = replace(place, size=place.size // 2)

    def _refuse_circle(self, place: Place, keys: list[str]) -> None:
        """Further into a second there are other orders; only then, for its start may be a page's end."""
        if place.offset and keys and keys == self.last:
            raise ContractError("woocommerce gave the same orders again, not those that follow: is a cache in the way?")
        self.last = keys

    def _new(self, rows: list[Change]) -> list[Record]:
        new = [row for row in rows if row.key not in self.seen]
        self.seen |= {row.key: row.at for row in new}
        self.found += len(new)
        lost = [row.key for row in new if row.record is None]
        self.unreadable += lost
        for key in lost:
            LOG.warning("the site cannot show %s", key)
        return [row.record for row in new if row.record is not None]

    def _next(self, place: Place, rows: list[Change]) -> Place | None:
        """The second after the last one seen, or further into one that has more orders than a page."""
        last = max((row.at for row in rows), default=place.after) - ONE_SECOND
        at_end, moves = len(rows) < place.size, last > place.after
        # A row that leaves a crowded second draws the next one back over the edge of a page.
        again = bool(place.offset and self.found) and (at_end or moves)
        self.found = 0 if again or moves else self.found
        if again:
            return replace(place, offset=0)
        if at_end:
            return None
        if not moves:
            return replace(place, offset=place.offset + len(rows))
        self.seen = {key: at for key, at in self.seen.items() if at > last}
        return Place(last, min(2 * place.size, self.largest))
