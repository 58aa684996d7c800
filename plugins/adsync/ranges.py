"""Half-open ranges of days and of instants; `last_day` is for APIs with inclusive bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DateRange:
    """The days `since <= day < until`, in the time zone of the account it is used for."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.since >= self.until:
            raise ValueError(f"invalid date range: since {self.since} is not before until {self.until}")

    @property
    def last_day(self) -> date:
        """The last day inside the range."""
        return self.until - ONE_DAY

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.until - self.since).days

    def clipped_to(self, last_day: date) -> DateRange | None:
        """Returns the part up to that day, inclusive; None if all of it is later."""
        return DateRange(self.since, min(self.until, last_day + ONE_DAY)) if self.since <= last_day else None

    def to_time_range(self, zone: tzinfo) -> TimeRange:
        """Returns the instants of these days in a time zone."""
        return TimeRange(*(datetime.combine(day, time(), zone).astimezone(UTC) for day in (self.since, self.until)))

    def chunks_newest_first(self, max_days: int) -> Iterator[DateRange]:
        """Yields ranges of at most `max_days` days, the most recent one first."""
        until = self.until
        while until > self.since:
            since = max(self.since, until - timedelta(days=max_days))
            yield DateRange(since, until)
            until = since


@dataclass(frozen=True)
class TimeRange:
    """The instants `since <= t < until`; both are zone-aware."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("invalid time range: since and until need a time zone")
        if self.since >= self.until:
            raise ValueError(f"invalid time range: since {self.since} is not before until {self.until}")
