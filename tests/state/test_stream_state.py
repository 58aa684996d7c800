"""What a stream covers once more days, ranges and reports are added."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adsync.ranges import DateRange, TimeRange
from adsync.state.stream_state import StreamState

TODAY = date(2026, 11, 22)
STATES = st.builds(
    lambda ago, days: StreamState(TODAY - timedelta(days=ago + days), TODAY - timedelta(days=ago)),
    st.integers(0, 200),
    st.integers(0, 300),
)


def days_of(days):
    return {days.since + timedelta(days=n) for n in range(days.days)}


def covered_days(state):
    return {state.since + timedelta(days=n) for n in range((state.through - state.since).days + 1)}


@given(STATES, st.integers(-250, 250), st.integers(1, 30))
def test_only_days_that_were_read_are_covered(state, ago, count):
    days = DateRange(TODAY - timedelta(days=ago), TODAY - timedelta(days=ago - count))
    extended = state.with_days(days)
    assert covered_days(state) <= covered_days(extended) <= covered_days(state) | days_of(days)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=8))
def test_only_days_that_were_read_are_covered_in_any_order(parts):
    state, read = StreamState(), set()
    for ago, count in parts:
        days = DateRange(TODAY - timedelta(days=ago + count), TODAY - timedelta(days=ago))
        state, read = state.with_days(days), read | days_of(days)
        assert covered_days(state) <= read


def test_a_report_that_does_not_adjoin_the_covered_range_is_not_covered():
    """Otherwise the gap in between would never be read."""
    cursor = {"since": "2026-08-01T00:00:00+00:00", "through": "2026-11-22T00:00:00+00:00", "report": {"id": "r"}}
    state = StreamState(date(2026, 8, 1), TODAY, cursor)
    january, july = (
        TimeRange(datetime(2026, month, 1, tzinfo=UTC), datetime(2026, 8, 2, tzinfo=UTC)) for month in (1, 7)
    )
    apart = TimeRange(january.since, datetime(2026, 4, 1, tzinfo=UTC))
    assert state.with_report(apart) == state.without("report")
    assert state.with_report(july).cursor["since"] == july.since.isoformat()
    assert StreamState().with_report(apart).cursor["through"] == apart.until.isoformat()
