"""Checks that Zid's times are UTC, which is not documented: invoices show the store's local time.

If local times were read as UTC, every order would be hours off, and some on another day.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from adsync.errors import ContractError
from adsync.sources.zid.orders import Order

LOG = logging.getLogger(__name__)
# "12-09-2025 | 02:58 ص": day first, twelve hours, ص before noon and م after it.
ISSUED = re.compile(r"(\d{2})-(\d{2})-(\d{4})\s*\|\s*(\d{1,2}):(\d{2})\s*(ص|م|am|pm)", re.IGNORECASE)
PM = {"م", "pm"}
# The invoice shows no seconds and may be written later than the order.
TOLERANCE = timedelta(minutes=2)


@dataclass
class TimezoneCheck:
    """Compares the times of orders with their invoices, over one read of the list."""

    zone: ZoneInfo
    utc: int = 0
    local: list[int] = field(default_factory=list)
    other: list[int] = field(default_factory=list)

    def add(self, order: Order) -> None:
        """Counts one order; a store whose time zone is UTC proves nothing."""
        shown = _shown(order.issue_date)
        if shown is None or not (offset := self.zone.utcoffset(shown)):
            return
        ahead = shown - order.placed_at.replace(tzinfo=None)
        if abs(ahead - offset) <= TOLERANCE:
            self.utc += 1
        else:
            (self.local if abs(ahead) <= TOLERANCE else self.other).append(order.id)

    def verify(self) -> None:
        """Raises ContractError if the times are local; one matching order is enough, because invoices may be late."""
        if self.utc:
            return
        if self.local:
            raise ContractError(
                f"zid's times are in {self.zone} instead of UTC: the invoice of order {self.local[0]} shows "
                "the same time as its created_at; nothing was stored, report this"
            )
        if self.other:
            LOG.warning("no zid invoice shows the time in %s (example: order %d)", self.zone, self.other[0])


def _shown(text: object) -> datetime | None:
    """Returns the local time on the invoice; None for another format."""
    found = ISSUED.search(text) if isinstance(text, str) else None
    if not found:
        return None
    day, month, year, hour, minute = (int(number) for number in found.groups()[:5])
    half = 12 if found[6].casefold() in PM else 0
    try:
        return datetime.fromisoformat(f"{year:04}-{month:02}-{day:02}T{hour % 12 + half:02}:{minute:02}")
    except ValueError:
        return None
