"""Half-open ranges of days and instants."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adsync.ranges import DateRange, TimeRange

# On a busy machine an example may be slow without a fault in the code.
no_deadline = settings(deadline=None)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
RANGES = st.builds(lambda since, days: DateRange(since, since + timedelta(days=days)), DAYS, st.integers(1, 400))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def each_day(days):
    return [days.since + timedelta(days=n) for n in range(days.days)]


@no_deadline
@given(RANGES, st.integers(1, 60))
def test_chunks_come_newest_first_and_cover_every_day_exactly_once(whole, max_days):
    chunks = list(whole.chunks_newest_first(max_days))
    assert sorted(day for chunk in chunks for day in each_day(chunk)) == each_day(whole)
    assert all(chunk.days <= max_days for chunk in chunks)
    assert [chunk.until for chunk in chunks[1:]] == [chunk.since for chunk in chunks[:-1]]


@no_deadline
@given(RANGES)
def test_the_last_day_is_inside_and_until_is_not(days):
    assert days.since <= days.last_day < days.until
    assert days.last_day + timedelta(days=1) == days.until


@pytest.mark.parametrize("days", [0, -1])
def test_a_date_range_without_a_day_is_invalid(days):
    with pytest.raises(ValueError, match="invalid date range: since 2026-11-22 is not before until"):
        DateRange(date(2026, 11, 22), date(2026, 11, 22) + timedelta(days=days))


@pytest.mark.parametrize(("since", "until"), [(NOON, NOON), (NOON, NOON - timedelta(seconds=1))])
def test_a_time_range_without_an_instant_is_invalid(since, until):
    with pytest.raises(ValueError, match=r"invalid time range: since .* is not before until"):
        TimeRange(since, until)


@pytest.mark.parametrize(("since", "until"), [(NOON.replace(tzinfo=None), NOON), (NOON, NOON.replace(tzinfo=None))])
def test_a_time_range_without_a_time_zone_is_invalid(since, until):
    with pytest.raises(ValueError, match="need a time zone"):
        TimeRange(since, until)


def test_later_days_are_clipped():
    days = DateRange(date(2026, 1, 1), date(2026, 1, 5))
    assert days.clipped_to(date(2026, 1, 9)) == days
    assert days.clipped_to(date(2026, 1, 2)) == DateRange(date(2026, 1, 1), date(2026, 1, 3))
    assert days.clipped_to(date(2025, 12, 31)) is None
