from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adsync.ranges import DateRange, TimeRange

# On a busy machine an example may be slow for no fault of the code.
unhurried = settings(deadline=None)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
WINDOWS = st.builds(lambda since, days: DateRange(since, since + timedelta(days=days)), DAYS, st.integers(1, 400))


def each_day(window):
    return [window.since + timedelta(days=n) for n in range(window.days)]


@unhurried
@given(WINDOWS, st.integers(1, 60))
def test_parts_come_newest_first_and_cover_the_window_exactly_once(window, longest):
    parts = list(window.newest_first(longest))
    assert sorted(day for part in parts for day in each_day(part)) == each_day(window)
    assert all(part.days <= longest for part in parts)
    assert [part.until for part in parts[1:]] == [part.since for part in parts[:-1]]


@unhurried
@given(WINDOWS)
def test_the_last_day_is_inside_and_the_end_is_not(window):
    assert window.since <= window.last_day < window.until
    assert window.last_day + timedelta(days=1) == window.until


@pytest.mark.parametrize("days", [0, -1])
def test_a_window_without_a_day_is_refused(days):
    with pytest.raises(ValueError, match="since < until"):
        DateRange(date(2026, 11, 22), date(2026, 11, 22) + timedelta(days=days))


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(("since", "until"), [(NOON, NOON), (NOON, NOON - timedelta(seconds=1))])
def test_a_span_without_an_instant_is_refused(since, until):
    with pytest.raises(ValueError, match="since < until"):
        TimeRange(since, until)


@pytest.mark.parametrize(("since", "until"), [(NOON.replace(tzinfo=None), NOON), (NOON, NOON.replace(tzinfo=None))])
def test_a_span_without_a_zone_is_refused(since, until):
    with pytest.raises(ValueError, match="zone-aware"):
        TimeRange(since, until)


def test_days_that_have_not_come_are_cut_off():
    window = DateRange(date(2026, 1, 1), date(2026, 1, 5))
    assert window.through(date(2026, 1, 9)) == window
    assert window.through(date(2026, 1, 2)) == DateRange(date(2026, 1, 1), date(2026, 1, 3))
    assert window.through(date(2025, 12, 31)) is None
