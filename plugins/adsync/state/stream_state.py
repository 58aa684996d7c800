"""The state of one stream of one account: the days it covers and a cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from adsync.ranges import ONE_DAY, DateRange, TimeRange


@dataclass(frozen=True)
class SyncSettings:
    """How many days the first sync loads, and how many covered days each later sync reads again."""

    history_days: int
    recent_days: int


@dataclass(frozen=True)
class StreamState:
    """What a stream has loaded: the first and last covered day, inclusive, in the account's time zone.

    Both are None before the first sync. `cursor` holds what days cannot express: the covered range of an incremental
    stream (`since`, `through`), the pending report, learned limits, the reread queue.
    """

    since: date | None = None
    through: date | None = None
    cursor: Mapping[str, Any] = field(default_factory=dict)

    def with_days(self, days: DateRange) -> StreamState:
        """Returns the state with these days covered too, unless that would leave a gap, which would look covered."""
        if self.since is None or self.through is None:
            return replace(self, since=days.since, through=days.last_day)
        if days.since > self.through + ONE_DAY or days.until < self.since:
            return self
        return replace(self, since=min(self.since, days.since), through=max(self.through, days.last_day))

    def continues_at(self, changed: TimeRange) -> bool:
        """Whether a range begins at the last sync; all other ranges are history."""
        return "through" in self.cursor and changed.until.isoformat() > self.cursor["through"]

    def with_range(self, changed: TimeRange) -> StreamState:
        """Returns the state with this range covered too; it has to adjoin what is covered."""
        since = min(self.cursor.get("since", "9"), changed.since.isoformat())
        through = max(self.cursor.get("through", ""), changed.until.isoformat())
        days = DateRange(changed.since.date(), changed.until.date() + ONE_DAY)
        return self.with_days(days).with_cursor(since=since, through=through)

    def with_report(self, content: DateRange | TimeRange) -> StreamState:
        """Returns the state with the content of an asynchronous report, which is no longer pending."""
        state = self.without("report", "lost_days")
        if isinstance(content, DateRange):
            return state.with_days(content)
        return state.with_range(content) if state.adjoins(content) else state

    def adjoins(self, changed: TimeRange) -> bool:
        """Whether a range leaves no gap to what is covered."""
        if "through" not in self.cursor:
            return True
        return changed.since.isoformat() <= self.cursor["through"] and self.cursor["since"] <= changed.until.isoformat()

    def with_cursor(self, **values: Any) -> StreamState:
        """Returns the state with these cursor values set."""
        return replace(self, cursor={**self.cursor, **values})

    def without(self, *keys: str) -> StreamState:
        """Returns the state without these cursor keys."""
        return replace(self, cursor={name: value for name, value in self.cursor.items() if name not in keys})
