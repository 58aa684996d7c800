"""Whether Zid's clocks are UTC, which nobody documents: the invoice beside them shows the store's own time.

Read as UTC when they are the store's, every order would be hours late, and some on another day.
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
AFTER_NOON = {"م", "pm"}
# The invoice shows no seconds, and may be written a moment later.
MOMENT = timedelta(minutes=2)


@dataclass
class Clocks:
    """What the invoices of one reading say of the clocks of their orders."""

    zone: ZoneInfo
    utc: int = 0
    local: list[int] = field(default_factory=list)
    other: list[int] = field(default_factory=list)

    def look(self, order: Order) -> None:
        """Count one order; a store that lives by UTC tells nothing."""
        shown = _shown(order.issue_date)
        if shown is None or not (offset := self.zone.utcoffset(shown)):
            return
        ahead = shown - order.placed_at.replace(tzinfo=None)
        if abs(ahead - offset) <= MOMENT:
            self.utc += 1
        else:
            (self.local if abs(ahead) <= MOMENT else self.other).append(order.id)

    def judge(self) -> None:
        """ContractError when the clocks are the store's; some invoices are late, so one that agrees is enough."""
        if self.utc:
            return
        if self.local:
            raise ContractError(
                f"zid's clocks are those of {self.zone}, not UTC as was taken for granted: the invoice of order "
                f"{self.local[0]} shows the time that its created_at does; nothing is kept, report this"
            )
        if self.other:
            LOG.warning("no invoice of zid's shows the time of %s, such as that of order %d", self.zone, self.other[0])


def _shown(text: object) -> datetime | None:
    """The store's wall clock; None for whatever is written in another way."""
    found = ISSUED.search(text) if isinstance(text, str) else None
    if not found:
        return None
    day, month, year, hour, minute = (int(number) for number in found.groups()[:5])
    half = 12 if found[6].casefold() in AFTER_NOON else 0
    try:
        return datetime.fromisoformat(f"{year:04}-{month:02}-{day:02}T{hour % 12 + half:02}:{minute:02}")
    except ValueError:
        return None
