"""What a sync requests: the days and ranges of time that a stream is missing, newest first."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from adsync.ranges import ONE_DAY, DateRange, TimeRange
from adsync.state.stream_state import StreamState, SyncSettings

# An order that changes while pages are read is found by the next run; search indexes lag by minutes.
CHANGES_OVERLAP = timedelta(minutes=10)


def missing_days(state: StreamState, today: date, settings: SyncSettings, max_days: int) -> list[DateRange]:
    """Returns the days to read in chunks of at most `max_days` days, the newest first.

    A first sync reads `history_days` up to and including today; later ones begin `recent_days` before the last covered
    day. History that an interrupted first sync left open follows.
    """
    end, oldest = today + ONE_DAY, today - timedelta(days=settings.history_days - 1)
    if state.since is None or state.through is None:
        return list(DateRange(oldest, end).chunks_newest_first(max_days))
    recent = min(state.through - timedelta(days=settings.recent_days), today)
    chunks = list(DateRange(recent, end).chunks_newest_first(max_days))
    if oldest < state.since:
        chunks += DateRange(oldest, state.since).chunks_newest_first(max_days)
    return chunks


def within_retention(chunks: list[DateRange], today: date, months: int | None) -> list[DateRange]:
    """Clips chunks to the platform's retention, minus one day for clock differences."""
    if months is None:
        return chunks
    oldest = _months_before(today, months) + ONE_DAY
    return [DateRange(max(each.since, oldest), each.until) for each in chunks if each.until > oldest]


def is_fresh(state: StreamState, refresh_every: timedelta | None, now: datetime) -> bool:
    """Whether an entity stream was read within `refresh_every`; never without one."""
    read_at = state.cursor.get("read_at")
    return refresh_every is not None and read_at is not None and now < datetime.fromisoformat(read_at) + refresh_every


def history(now: datetime, settings: SyncSettings) -> TimeRange:
    """Returns the range that the first sync of an incremental stream reads."""
    end = now.astimezone(UTC).replace(microsecond=0)
    return TimeRange(datetime.combine(end.date() - timedelta(days=settings.history_days), time(), UTC), end)


def incremental_ranges(state: StreamState, now: datetime, settings: SyncSettings, max_days: int) -> Iterator[TimeRange]:
    """Yields the ranges to read: the changes since the last sync first, then open history, newest first."""
    whole = history(now, settings)
    covered_since = whole.until
    if "through" in state.cursor:
        last_sync = datetime.fromisoformat(state.cursor["through"])
        yield TimeRange(min(last_sync, whole.until) - CHANGES_OVERLAP, whole.until)
        covered_since = datetime.fromisoformat(state.cursor["since"])
    while covered_since > whole.since:
        since = max(whole.since, covered_since - timedelta(days=max_days))
        yield TimeRange(since, covered_since)
        covered_since = since


def _months_before(day: date, months: int) -> date:
    """Returns the same day of an earlier month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
