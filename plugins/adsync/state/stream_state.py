"""What to ask for: the windows that a stream still lacks, newest first."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from adsync.ranges import ONE_DAY, DateRange, TimeRange

# An order that moves while pages are read is seen by the next run; an index may lag by minutes.
CHANGES_OVERLAP = timedelta(minutes=10)


@dataclass(frozen=True)
class SyncSettings:
    """How far the first sync reaches back, and how many covered days each sync reads again."""

    history_days: int
    recent_days: int


@dataclass(frozen=True)
class StreamState:
    """What a stream already has: both days inclusive, in the account's zone; None before the first sync.

    `cursor` holds what days cannot say: the watermark of a stream of changes, the id of a report under way.
    """

    since: date | None = None
    through: date | None = None
    cursor: Mapping[str, Any] = field(default_factory=dict)

    def joined(self, window: DateRange) -> StreamState:
        """With the window's days as well, if they leave no gap; a gap would look covered for ever."""
        if self.since is None or self.through is None:
            return replace(self, since=window.since, through=window.last_day)
        if window.since > self.through + ONE_DAY or window.until < self.since:
            return self
        return replace(self, since=min(self.since, window.since), through=max(self.through, window.last_day))

    def leads_to(self, span: TimeRange) -> bool:
        """Whether a span of changes goes on where the watermark is; the others are history."""
        return "through" in self.cursor and span.until.isoformat() > self.cursor["through"]

    def stretched(self, span: TimeRange) -> StreamState:
        """With a span of changes that touches what is there."""
        since = min(self.cursor.get("since", "9"), span.since.isoformat())
        through = max(self.cursor.get("through", ""), span.until.isoformat())
        days = DateRange(span.since.date(), span.until.date() + ONE_DAY)
        return replace(self.joined(days), cursor={**self.cursor, "since": since, "through": through})

    def reported(self, part: DateRange | TimeRange) -> StreamState:
        """With what an asynchronous report held, which is no longer waited for."""
        covered = self.forgetting("report").forgetting("lost_days")
        if isinstance(part, DateRange):
            return covered.joined(part)
        return covered.stretched(part) if covered.touches(part) else covered

    def touches(self, span: TimeRange) -> bool:
        """Whether a span of changes leaves no gap to what is there."""
        if "through" not in self.cursor:
            return True
        return span.since.isoformat() <= self.cursor["through"] and self.cursor["since"] <= span.until.isoformat()

    def noting(self, **more: Any) -> StreamState:
        return replace(self, cursor={**self.cursor, **more})

    def forgetting(self, key: str) -> StreamState:
        return replace(self, cursor={name: value for name, value in self.cursor.items() if name != key})


def daily_windows(covered: StreamState, today: date, reach: SyncSettings, longest: int) -> list[DateRange]:
    """The days to read, in windows of at most `longest` days, the newest first.

    A first sync takes `history_days` up to and including `today`; later ones go from `recent_days` before
    the last covered day. History that an interrupted first sync left open comes after what is new.
    """
    end, oldest = today + ONE_DAY, today - timedelta(days=reach.history_days - 1)
    if covered.since is None or covered.through is None:
        return list(DateRange(oldest, end).newest_first(longest))
    recent = min(covered.through - timedelta(days=reach.recent_days), today)
    windows = list(DateRange(recent, end).newest_first(longest))
    if oldest < covered.since:
        windows += DateRange(oldest, covered.since).newest_first(longest)
    return windows


def within_retention(windows: list[DateRange], today: date, months: int | None) -> list[DateRange]:
    """What of the windows lies within the months that a platform keeps; a day less, for its clock is another."""
    if months is None:
        return windows
    oldest = _months_before(today, months) + ONE_DAY
    return [DateRange(max(each.since, oldest), each.until) for each in windows if each.until > oldest]


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_fresh(covered: StreamState, every: timedelta | None, now: datetime) -> bool:
    """Whether an entity was read so lately that it still holds."""
    read_at = covered.cursor.get("read_at")
    return every is not None and read_at is not None and now < datetime.fromisoformat(read_at) + every


def history(now: datetime, reach: SyncSettings) -> TimeRange:
    """All that a first sync of changes reads."""
    end = now.astimezone(UTC).replace(microsecond=0)
    return TimeRange(datetime.combine(end.date() - timedelta(days=reach.history_days), time(), UTC), end)


def incremental_ranges(covered: StreamState, now: datetime, reach: SyncSettings, longest: int) -> Iterator[TimeRange]:
    """The spans of changes to read: what came since the last one first, then open history, newest first."""
    whole = history(now, reach)
    end, oldest = whole.until, whole.since
    known_since = end
    if "through" in covered.cursor:
        watermark = datetime.fromisoformat(covered.cursor["through"])
        yield TimeRange(min(watermark, end) - CHANGES_OVERLAP, end)
        known_since = datetime.fromisoformat(covered.cursor["since"])
    while known_since > oldest:
        since = max(oldest, known_since - timedelta(days=longest))
        yield TimeRange(since, known_since)
        known_since = since
