"""What to ask for: the windows that a stream still lacks, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from adsync.window import ONE_DAY, Span, Window

# An order that moves while pages are read is seen by the next run; an index may lag by minutes.
CHANGES_OVERLAP = timedelta(minutes=10)


@dataclass(frozen=True)
class Reach:
    """How far the first sync reaches back, and how many covered days each sync reads again."""

    history_days: int
    recent_days: int


@dataclass(frozen=True)
class Coverage:
    """What a stream already has: both days inclusive, in the account's zone; None before the first sync.

    `cursor` holds what days cannot say: the watermark of a stream of changes, the id of a report under way.
    """

    since: date | None = None
    through: date | None = None
    cursor: Mapping[str, Any] = field(default_factory=dict)

    def joined(self, window: Window) -> Coverage:
        """With the window's days as well, if they leave no gap; a gap would look covered for ever."""
        if self.since is None or self.through is None:
            return replace(self, since=window.since, through=window.last_day)
        if window.since > self.through + ONE_DAY or window.until < self.since:
            return self
        return replace(self, since=min(self.since, window.since), through=max(self.through, window.last_day))

    def stretched(self, span: Span) -> Coverage:
        """With a span of changes that touches what is there."""
        since = min(self.cursor.get("since", "9"), span.since.isoformat())
        through = max(self.cursor.get("through", ""), span.until.isoformat())
        days = Window(span.since.date(), span.until.date() + ONE_DAY)
        return replace(self.joined(days), cursor={**self.cursor, "since": since, "through": through})

    def reported(self, part: Window | Span) -> Coverage:
        """With what an asynchronous report held, which is no longer waited for."""
        if isinstance(part, Window):
            return replace(self, cursor={}).joined(part)
        return replace(self, cursor={key: self.cursor[key] for key in self.cursor if key != "report"}).stretched(part)


def daily_windows(covered: Coverage, today: date, reach: Reach, longest: int) -> list[Window]:
    """The days to read, in windows of at most `longest` days, the newest first.

    A first sync takes `history_days` up to and including `today`; later ones go from `recent_days` before
    the last covered day. History that an interrupted first sync left open comes after what is new.
    """
    end, oldest = today + ONE_DAY, today - timedelta(days=reach.history_days - 1)
    if covered.since is None or covered.through is None:
        return list(Window(oldest, end).newest_first(longest))
    recent = min(covered.through - timedelta(days=reach.recent_days), today)
    windows = list(Window(recent, end).newest_first(longest))
    if oldest < covered.since:
        windows += Window(oldest, covered.since).newest_first(longest)
    return windows


def change_spans(covered: Coverage, now: datetime, reach: Reach, longest: int) -> Iterator[Span]:
    """The spans of changes to read: what came since the last one first, then open history, newest first."""
    end = now.astimezone(UTC).replace(microsecond=0)
    oldest = datetime.combine(end.date() - timedelta(days=reach.history_days), time(), UTC)
    known_since = end
    if "through" in covered.cursor:
        watermark = datetime.fromisoformat(covered.cursor["through"])
        yield Span(min(watermark, end) - CHANGES_OVERLAP, end)
        known_since = datetime.fromisoformat(covered.cursor["since"])
    while known_since > oldest:
        since = max(oldest, known_since - timedelta(days=longest))
        yield Span(since, known_since)
        known_since = since
