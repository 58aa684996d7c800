"""Which days and ranges a sync requests."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adsync.extract.scope import CHANGES_OVERLAP, incremental_ranges, is_fresh, missing_days, within_retention
from adsync.ranges import DateRange, TimeRange
from adsync.state.stream_state import StreamState, SyncSettings

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTINGS = SyncSettings(history_days=90, recent_days=2)
ANY_SETTINGS = st.builds(SyncSettings, st.integers(1, 400), st.integers(0, 60))
MAX_DAYS = st.integers(1, 40)
STATES = st.builds(
    lambda ago, days: StreamState(TODAY - timedelta(days=ago + days), TODAY - timedelta(days=ago)),
    st.integers(0, 200),
    st.integers(0, 300),
)


def days_of(chunks):
    return [chunk.since + timedelta(days=n) for chunk in chunks for n in range(chunk.days)]


def covered_days(state):
    return {state.since + timedelta(days=n) for n in range((state.through - state.since).days + 1)}


# Daily streams


@given(ANY_SETTINGS, MAX_DAYS)
def test_a_first_sync_reads_the_history_newest_first_and_each_day_once(settings, max_days):
    chunks = missing_days(StreamState(), TODAY, settings, max_days)
    assert sorted(days_of(chunks)) == [TODAY - timedelta(days=ago) for ago in reversed(range(settings.history_days))]
    assert chunks == sorted(chunks, key=lambda chunk: chunk.since, reverse=True)
    assert all(chunk.days <= max_days for chunk in chunks)


@given(STATES, ANY_SETTINGS, MAX_DAYS)
def test_a_later_sync_leaves_no_day_of_the_history_uncovered(state, settings, max_days):
    read = days_of(missing_days(state, TODAY, settings, max_days))
    oldest = TODAY - timedelta(days=settings.history_days - 1)
    history = {oldest + timedelta(days=n) for n in range(settings.history_days)}
    assert len(read) == len(set(read)) or settings.recent_days > (state.through - state.since).days
    assert history <= covered_days(state) | set(read)
    assert TODAY in read
    assert max(read) == TODAY


def test_an_hourly_sync_reads_the_recent_days_and_today():
    yesterday = TODAY - timedelta(days=1)
    state = StreamState(TODAY - timedelta(days=100), yesterday)
    assert missing_days(state, TODAY, SETTINGS, 30) == [
        DateRange(yesterday - timedelta(days=2), TODAY + timedelta(days=1))
    ]


def test_open_history_follows_the_newest_days():
    state = StreamState(TODAY - timedelta(days=29), TODAY)
    newest, *history = missing_days(state, TODAY, SETTINGS, 30)
    assert newest.last_day == TODAY
    assert history[0].until == state.since
    assert history[-1].since == TODAY - timedelta(days=89)


def test_today_is_read_after_the_clock_was_set_back():
    state = StreamState(TODAY - timedelta(days=100), TODAY + timedelta(days=5))
    assert missing_days(state, TODAY, SETTINGS, 30) == [DateRange(TODAY, TODAY + timedelta(days=1))]


@given(ANY_SETTINGS, MAX_DAYS, st.integers(0, 20))
def test_an_interrupted_first_sync_continues_where_it_stopped(settings, max_days, done):
    chunks = missing_days(StreamState(), TODAY, settings, max_days)
    state, read = StreamState(), set()
    for chunk in chunks[:done]:
        state, read = state.with_days(chunk), read | set(days_of([chunk]))
    read |= set(days_of(missing_days(state, TODAY, settings, max_days)))
    assert read >= set(days_of(chunks))


@pytest.mark.parametrize(
    ("today", "oldest"),
    [
        (date(2026, 11, 22), date(2023, 10, 23)),
        (date(2026, 3, 31), date(2023, 3, 1)),
        (date(2026, 1, 5), date(2022, 12, 6)),
    ],
)
def test_retention_counts_calendar_months(today, oldest):
    assert within_retention([DateRange(date(2020, 1, 1), today)], today, 37) == [DateRange(oldest, today)]


def test_without_a_retention_every_day_is_requested():
    chunk = DateRange(date(2010, 1, 1), date(2010, 1, 2))
    assert within_retention([chunk], TODAY, None) == [chunk]


# Entity streams


def test_an_entity_stream_is_fresh_until_its_interval_has_passed():
    state = StreamState(cursor={"read_at": str(NOW)})
    assert is_fresh(state, timedelta(hours=1), NOW + timedelta(minutes=59))
    assert not is_fresh(state, timedelta(hours=1), NOW + timedelta(hours=1))
    assert not is_fresh(StreamState(), timedelta(hours=1), NOW)
    assert not is_fresh(state, None, NOW)


# Incremental streams


def ranges_of(state, now=NOW, settings=SETTINGS, max_days=30):
    return list(incremental_ranges(state, now, settings, max_days))


def gaps(ranges):
    """Returns the parts between the first and the last instant that no range covers."""
    found, reached = [], None
    for each in sorted(ranges, key=lambda each: each.since):
        if reached is not None and each.since > reached:
            found.append((reached, each.since))
        reached = max(reached or each.until, each.until)
    return found


@given(ANY_SETTINGS, MAX_DAYS)
def test_a_first_sync_reads_history_newest_first_without_gap_or_overlap(settings, max_days):
    ranges = ranges_of(StreamState(), settings=settings, max_days=max_days)
    assert ranges[0].until == NOW
    assert [each.until for each in ranges[1:]] == [each.since for each in ranges[:-1]]
    assert ranges[-1].since == datetime(2026, 11, 22, tzinfo=UTC) - timedelta(days=settings.history_days)
    assert all(each.until - each.since <= timedelta(days=max_days) for each in ranges)


@given(ANY_SETTINGS, MAX_DAYS, st.integers(1, 30), st.integers(0, 5000))
def test_an_interrupted_first_sync_leaves_no_gap(settings, max_days, done, minutes):
    first = ranges_of(StreamState(), settings=settings, max_days=max_days)
    state, read = StreamState(), []
    for each in first[:done]:
        state, read = state.with_range(each), [*read, each]
    later = NOW + timedelta(minutes=minutes)
    read += ranges_of(state, now=later, settings=settings, max_days=max_days)
    assert gaps(read) == []
    oldest = datetime.combine(later.date() - timedelta(days=settings.history_days), time(), UTC)
    assert min(each.since for each in read) <= oldest
    assert max(each.until for each in read) == later


def test_the_next_sync_begins_a_little_before_the_last_one():
    state = StreamState().with_range(TimeRange(NOW - timedelta(days=120), NOW))
    later = NOW + timedelta(hours=1)
    assert ranges_of(state, now=later) == [TimeRange(NOW - CHANGES_OVERLAP, later)]


def test_a_range_is_not_empty_after_the_clock_was_set_back():
    state = StreamState().with_range(TimeRange(NOW - timedelta(days=120), NOW))
    earlier = NOW - timedelta(hours=1)
    assert ranges_of(state, now=earlier) == [TimeRange(earlier - CHANGES_OVERLAP, earlier)]


def test_ranges_end_at_whole_seconds_so_that_their_text_sorts_as_their_time():
    odd = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
    assert ranges_of(StreamState(), now=odd)[0].until == NOW


def test_a_clock_in_another_time_zone_gives_the_same_ranges():
    riyadh = NOW.astimezone(datetime.fromisoformat("2026-11-22T15:00:00+03:00").tzinfo)
    assert ranges_of(StreamState(), now=riyadh) == ranges_of(StreamState())
    assert str(ranges_of(StreamState(), now=riyadh)[0].until) == str(NOW)


def test_only_the_range_after_the_last_sync_continues_it():
    assert not any(StreamState().continues_at(each) for each in ranges_of(StreamState()))
    state = StreamState().with_range(TimeRange(NOW - timedelta(days=30), NOW))
    later = NOW + timedelta(hours=1)
    assert [state.continues_at(each) for each in ranges_of(state, now=later)][:2] == [True, False]
