from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adsync.ranges import DateRange, TimeRange
from adsync.state.stream_state import CHANGES_OVERLAP, StreamState, SyncSettings, daily_windows, incremental_ranges

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REACH = SyncSettings(history_days=90, recent_days=2)
REACHES = st.builds(SyncSettings, st.integers(1, 400), st.integers(0, 60))
LONGEST = st.integers(1, 40)
COVERED = st.builds(
    lambda ago, days: StreamState(TODAY - timedelta(days=ago + days), TODAY - timedelta(days=ago)),
    st.integers(0, 200),
    st.integers(0, 300),
)


def days_of(windows):
    return [window.since + timedelta(days=n) for window in windows for n in range(window.days)]


def covered_days(covered):
    return {covered.since + timedelta(days=n) for n in range((covered.through - covered.since).days + 1)}


@given(REACHES, LONGEST)
def test_a_first_sync_takes_the_history_newest_first_and_each_day_once(reach, longest):
    windows = daily_windows(StreamState(), TODAY, reach, longest)
    assert sorted(days_of(windows)) == [TODAY - timedelta(days=ago) for ago in reversed(range(reach.history_days))]
    assert windows == sorted(windows, key=lambda window: window.since, reverse=True)
    assert all(window.days <= longest for window in windows)


@given(COVERED, REACHES, LONGEST)
def test_a_later_sync_leaves_no_day_between_its_oldest_and_today_uncovered(covered, reach, longest):
    read = days_of(daily_windows(covered, TODAY, reach, longest))
    oldest = TODAY - timedelta(days=reach.history_days - 1)
    wanted = {oldest + timedelta(days=n) for n in range(reach.history_days)}
    assert len(read) == len(set(read)) or reach.recent_days > (covered.through - covered.since).days
    assert wanted <= covered_days(covered) | set(read)
    assert TODAY in read
    assert max(read) == TODAY


def test_the_usual_sync_reads_the_recent_days_and_today():
    yesterday = TODAY - timedelta(days=1)
    covered = StreamState(TODAY - timedelta(days=100), yesterday)
    assert daily_windows(covered, TODAY, REACH, 30) == [
        DateRange(yesterday - timedelta(days=2), TODAY + timedelta(days=1))
    ]


def test_history_that_was_left_open_comes_after_what_is_new():
    covered = StreamState(TODAY - timedelta(days=29), TODAY)
    newest, *history = daily_windows(covered, TODAY, REACH, 30)
    assert newest.last_day == TODAY
    assert history[0].until == covered.since
    assert history[-1].since == TODAY - timedelta(days=89)


def test_a_clock_that_went_back_still_reads_today():
    covered = StreamState(TODAY - timedelta(days=100), TODAY + timedelta(days=5))
    assert daily_windows(covered, TODAY, REACH, 30) == [DateRange(TODAY, TODAY + timedelta(days=1))]


@given(COVERED, st.integers(-250, 250), st.integers(1, 30))
def test_coverage_never_claims_a_day_that_was_not_read(covered, ago, days):
    window = DateRange(TODAY - timedelta(days=ago), TODAY - timedelta(days=ago - days))
    joined = covered.joined(window)
    assert covered_days(covered) <= covered_days(joined) <= covered_days(covered) | set(days_of([window]))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=8))
def test_whatever_the_order_coverage_holds_only_what_was_read(parts):
    covered, read = StreamState(), set()
    for ago, days in parts:
        window = DateRange(TODAY - timedelta(days=ago + days), TODAY - timedelta(days=ago))
        covered, read = covered.joined(window), read | set(days_of([window]))
        assert covered_days(covered) <= read


@given(REACHES, LONGEST, st.integers(0, 20))
def test_a_first_sync_that_stops_anywhere_goes_on_where_it_stopped(reach, longest, done):
    windows = daily_windows(StreamState(), TODAY, reach, longest)
    covered, read = StreamState(), set()
    for window in windows[:done]:
        covered, read = covered.joined(window), read | set(days_of([window]))
    read |= set(days_of(daily_windows(covered, TODAY, reach, longest)))
    assert read >= set(days_of(windows))


# Streams of changes


def spans_of(covered, now=NOW, reach=REACH, longest=30):
    return list(incremental_ranges(covered, now, reach, longest))


@given(REACHES, LONGEST)
def test_a_first_look_takes_history_newest_first_without_gap_or_overlap(reach, longest):
    spans = spans_of(StreamState(), reach=reach, longest=longest)
    assert spans[0].until == NOW
    assert [span.until for span in spans[1:]] == [span.since for span in spans[:-1]]
    assert spans[-1].since == datetime(2026, 11, 22, tzinfo=UTC) - timedelta(days=reach.history_days)
    assert all(span.until - span.since <= timedelta(days=longest) for span in spans)


@given(REACHES, LONGEST, st.integers(1, 30), st.integers(0, 5000))
def test_an_interrupted_look_leaves_no_instant_out(reach, longest, done, minutes):
    first = spans_of(StreamState(), reach=reach, longest=longest)
    covered, read = StreamState(), []
    for span in first[:done]:
        covered, read = covered.stretched(span), [*read, span]
    later = NOW + timedelta(minutes=minutes)
    read += spans_of(covered, now=later, reach=reach, longest=longest)
    assert gaps(read) == []
    oldest = datetime.combine(later.date() - timedelta(days=reach.history_days), time(), UTC)
    assert min(span.since for span in read) <= oldest
    assert max(span.until for span in read) == later


def gaps(spans):
    """Instants between the first and the last that no span holds."""
    found, reached = [], None
    for span in sorted(spans, key=lambda each: each.since):
        if reached is not None and span.since > reached:
            found.append((reached, span.since))
        reached = max(reached or span.until, span.until)
    return found


def test_the_next_look_goes_back_a_little_before_the_watermark():
    covered = StreamState().stretched(TimeRange(NOW - timedelta(days=120), NOW))
    later = NOW + timedelta(hours=1)
    assert spans_of(covered, now=later) == [TimeRange(NOW - CHANGES_OVERLAP, later)]


def test_a_clock_that_went_back_makes_no_empty_span():
    covered = StreamState().stretched(TimeRange(NOW - timedelta(days=120), NOW))
    earlier = NOW - timedelta(hours=1)
    assert spans_of(covered, now=earlier) == [TimeRange(earlier - CHANGES_OVERLAP, earlier)]


def test_a_watermark_is_whole_seconds_so_that_its_text_sorts_as_its_time():
    odd = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
    assert spans_of(StreamState(), now=odd)[0].until == NOW


def test_a_clock_of_another_zone_makes_the_same_watermark():
    riyadh = NOW.astimezone(datetime.fromisoformat("2026-11-22T15:00:00+03:00").tzinfo)
    assert spans_of(StreamState(), now=riyadh) == spans_of(StreamState())
    assert str(spans_of(StreamState(), now=riyadh)[0].until) == str(NOW)


def test_only_a_span_past_the_watermark_is_news():
    assert not any(StreamState().leads_to(span) for span in spans_of(StreamState()))
    covered = StreamState().stretched(TimeRange(NOW - timedelta(days=30), NOW))
    later = NOW + timedelta(hours=1)
    assert [covered.leads_to(span) for span in spans_of(covered, now=later)][:2] == [True, False]


def test_a_reported_span_beside_what_is_there_is_no_coverage():
    """Else the gap between would never be read."""
    cursor = {"since": "2026-08-01T00:00:00+00:00", "through": "2026-11-22T00:00:00+00:00", "report": {"id": "r"}}
    covered = StreamState(date(2026, 8, 1), TODAY, cursor)
    january, july = (
        TimeRange(datetime(2026, month, 1, tzinfo=UTC), datetime(2026, 8, 2, tzinfo=UTC)) for month in (1, 7)
    )
    apart = TimeRange(january.since, datetime(2026, 4, 1, tzinfo=UTC))
    assert covered.reported(apart) == covered.forgetting("report")
    assert covered.reported(july).cursor["since"] == july.since.isoformat()
    assert StreamState().reported(apart).cursor["through"] == apart.until.isoformat()
