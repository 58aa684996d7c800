"""Half-open spans of time; only `.last_day` speaks to APIs whose ends are inclusive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DateRange:
    """The days `since <= day < until`, in the zone of whichever account it is used for."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.since >= self.until:
            raise ValueError(f"a window needs since < until, got {self.since} and {self.until}")

    @property
    def last_day(self) -> date:
        """The last day inside the window."""
        return self.until - ONE_DAY

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    def through(self, day: date) -> DateRange | None:
        """What of it lies before the end of that day."""
        return DateRange(self.since, min(self.until, day + ONE_DAY)) if self.since <= day else None

    def instants(self, zone: tzinfo) -> TimeRange:
        """The instants of these days where it is `zone`."""
        return TimeRange(*(datetime.combine(day, time(), zone).astimezone(UTC) for day in (self.since, self.until)))

    def newest_first(self, longest: int) -> Iterator[DateRange]:
        """Cut into windows of at most `longest` days, the most recent one first."""
        until = self.until
        while until > self.since:
            since = max(self.since, until - timedelta(days=longest))
            yield DateRange(since, until)
            until = since


@dataclass(frozen=True)
class TimeRange:
    """The instants `since <= t < until`; both are zone-aware."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("a span needs zone-aware instants")
        if self.since >= self.until:
            raise ValueError(f"a span needs since < until, got {self.since} and {self.until}")
