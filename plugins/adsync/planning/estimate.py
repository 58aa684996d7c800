"""Estimates the calls and rows of a sync: pure arithmetic on what is known of an account.

Days come from the functions that a sync uses. Rows come from stored records, or from a count at the platform for an
account that was never synced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from math import ceil

from adsync.extract.async_report import prefer_report, report_range
from adsync.extract.daily import learned_today, plan_chunks
from adsync.extract.presence import compared_days
from adsync.extract.reread_queue import RereadQueue
from adsync.extract.scope import incremental_ranges, is_fresh, within_retention
from adsync.models import Account, RateLimit
from adsync.ranges import ONE_DAY, DateRange, TimeRange
from adsync.sources.base import DailyStream, EntityStream, IncrementalStream, Source, Stream
from adsync.state.stream_state import StreamState, SyncSettings

# Create the report, poll it a few times, download it.
REPORT_CALLS = 5
HOUR, MINUTE, DAY = 3600, 60, 86_400


@dataclass(frozen=True)
class KnownVolume:
    """What is known of an account; `states`, `records`, `per_day` (records per day) and `page_sizes` are by stream.

    `page_sizes` holds what the platform stated with its count and overrides the stream's own. `requested` days replace
    the missing ones.
    """

    settings: SyncSettings
    today: date
    now: datetime
    states: Mapping[str, StreamState] = field(default_factory=dict)
    records: Mapping[str, int] = field(default_factory=dict)
    per_day: Mapping[str, float] = field(default_factory=dict)
    page_sizes: Mapping[str, int] = field(default_factory=dict)
    requested: DateRange | None = None

    def state(self, stream: Stream) -> StreamState:
        return self.states.get(stream.name, StreamState())


@dataclass(frozen=True)
class StreamEstimate:
    """One stream of an account: inclusive days, and rows and calls, which are None if unknown.

    `method` is how the stream is read, or why it is not.
    """

    stream: str
    since: date | None
    through: date | None
    chunks: int
    rows: int | None
    calls: int | None
    method: str = ""


@dataclass(frozen=True)
class AccountEstimate:
    """One account; `note` is how its records were counted."""

    account: Account
    streams: tuple[StreamEstimate, ...]
    note: str = ""

    @property
    def calls(self) -> int:
        return sum(stream.calls or 0 for stream in self.streams)

    @property
    def rows(self) -> int:
        return sum(stream.rows or 0 for stream in self.streams)

    @property
    def is_complete(self) -> bool:
        return all(stream.calls is not None for stream in self.streams)


def estimate_account(source: Source, account: Account, known: KnownVolume, note: str = "") -> AccountEstimate:
    """Estimates every stream of the source for one account."""
    streams = tuple(_estimate_stream(source, account, stream, known) for stream in source.streams)
    return AccountEstimate(account, streams, note)


def minutes(limits: Sequence[RateLimit], calls: Sequence[int]) -> float:
    """Returns the minutes that accounts with so many calls each take at the platform's rate limits."""
    return max(
        (_calls_per_owner(limit, calls) * limit.seconds / limit.calls / MINUTE for limit in _general(limits)),
        default=0.0,
    )


def hourly_share(limits: Sequence[RateLimit], calls: Sequence[int]) -> float | None:
    """Returns the percentage of the tightest hourly limit, or None without a known limit."""
    used = [100 * _calls_per_owner(limit, calls) * limit.seconds / (limit.calls * HOUR) for limit in _general(limits)]
    return max(used, default=None)


def _general(limits: Sequence[RateLimit]) -> list[RateLimit]:
    return [limit for limit in limits if not limit.path]


def _calls_per_owner(limit: RateLimit, calls: Sequence[int]) -> int:
    """An account's limit counts its own calls; an app's limit counts those of all accounts."""
    return max(calls, default=0) if limit.scope == "account" else sum(calls)


def _estimate_stream(source: Source, account: Account, stream: Stream, known: KnownVolume) -> StreamEstimate:
    cost = replace(stream.cost, page_size=known.page_sizes.get(stream.name, stream.cost.page_size))
    match stream:
        case EntityStream():
            return _estimate_entity(replace(stream, cost=cost), known, is_first=stream is source.streams[0])
        case DailyStream():
            return _estimate_daily(account, replace(stream, cost=cost), known)
        case IncrementalStream():
            return _estimate_incremental(source, account, replace(stream, cost=cost), known)


def _not_read(stream: Stream, reason: str) -> StreamEstimate:
    return StreamEstimate(stream.name, None, None, 0, 0, 0, reason)


def _estimate_entity(stream: EntityStream, known: KnownVolume, *, is_first: bool) -> StreamEstimate:
    if is_fresh(known.state(stream), stream.refresh_every, known.now):
        return _not_read(stream, "recently read")
    if stream.restate_only and not known.requested:
        return _not_read(stream, "read by restate only")
    rows = 1 if is_first else known.records.get(stream.name)
    return StreamEstimate(stream.name, None, None, 1, rows, _calls(stream, rows))


def _estimate_daily(account: Account, stream: DailyStream, known: KnownVolume) -> StreamEstimate:
    state = known.state(stream)
    learned = learned_today(state, str(known.now.date()))
    planned = plan_chunks(stream, state, known.today, known.settings, learned, known.requested)
    chunks = within_retention(planned, known.today, stream.retention_months)
    if not chunks:
        return _not_read(stream, "beyond the platform's retention")
    since, through = min(chunk.since for chunk in chunks), max(chunk.last_day for chunk in chunks)
    per_day = known.per_day.get(stream.name)
    rows = _times(per_day, sum(chunk.days for chunk in chunks))
    if stream.report and prefer_report(stream.report, account, state, chunks, known.now):
        calls = REPORT_CALLS + stream.cost.complete_read + stream.cost.complete_days * len(chunks)
        return StreamEstimate(stream.name, since, through, 1, rows, calls, "asynchronous report")
    # A page holds either rows of single days, or campaigns with all their days.
    days = [1 if stream.cost.per_campaign else chunk.days for chunk in chunks]
    calls = _sum_or_none([_calls(stream, _times(per_day, each)) for each in days])
    completing = (stream.cost.complete_read + stream.cost.complete_days) * len(chunks)
    calls = None if calls is None else calls + completing
    return StreamEstimate(stream.name, since, through, len(chunks), rows, calls)


def _estimate_incremental(
    source: Source, account: Account, stream: IncrementalStream, known: KnownVolume
) -> StreamEstimate:
    if known.requested:
        return _estimate_requested(source, account, stream, known, known.requested)
    state = known.state(stream)
    ranges = list(incremental_ranges(state, known.now, known.settings, stream.max_days))
    since, through = min(each.since.date() for each in ranges), max(each.until.date() for each in ranges)
    per_day = known.per_day.get(stream.name)
    if stream.report and report_range(account, state, stream.report, ranges, known.now):
        return _estimate_report(stream, since, through, _times(per_day, sum(_days(each) for each in ranges)))
    by_range = [_records_read(stream, per_day, _days(each), is_new=state.continues_at(each)) for each in ranges]
    calls = _sum_or_none([_calls(stream, records) for records in by_range])
    rereads = len(RereadQueue.load(stream.reread, state, known.now).due()) if stream.reread else 0
    reread_calls = ceil(rereads / stream.reread.page_size) if stream.reread else 0
    rows = _sum_or_none([*by_range, rereads])
    return StreamEstimate(
        stream.name, since, through, len(ranges), rows, None if calls is None else calls + reread_calls
    )


def _estimate_requested(
    source: Source, account: Account, stream: IncrementalStream, known: KnownVolume, days: DateRange
) -> StreamEstimate:
    """If a source compares covered days with stored records, only the lists cost calls, not the records."""
    state = known.state(stream)
    rows = _records_read(stream, known.per_day.get(stream.name), days.days, is_new=False)
    ranges = [days.to_time_range(account.zone)]
    if stream.report and report_range(account, state, stream.report, ranges, known.now):
        return _estimate_report(stream, days.since, days.last_day, rows)
    is_compared = stream.read_history and state.with_days(days) == state
    read = replace(stream, cost=replace(stream.cost, per_record=0)) if is_compared else stream
    calls = _sum_or_none([_calls(read, rows), _presence_calls(source, stream, known, days)])
    return StreamEstimate(stream.name, days.since, days.last_day, 1, rows, calls)


def _presence_calls(source: Source, stream: IncrementalStream, known: KnownVolume, days: DateRange) -> int | None:
    """Returns the calls that compare stored records with the list of those that exist, a day wider on each side."""
    lookback = DateRange(known.today - timedelta(days=source.lookback - 1), known.today + ONE_DAY)
    compared = compared_days(days, lookback)
    if stream.presence is None or compared is None:
        return 0
    rows = _times(known.per_day.get(stream.name), compared.days + 1)
    return None if rows is None else max(1, ceil(rows / stream.presence.page_size)) + stream.presence.lists - 1


def _estimate_report(stream: Stream, since: date, through: date, rows: int | None) -> StreamEstimate:
    calls = None if rows is None else REPORT_CALLS + round(stream.cost.per_record * rows)
    return StreamEstimate(stream.name, since, through, 1, rows, calls, "asynchronous report")


def _records_read(stream: Stream, per_day: float | None, days: float, *, is_new: bool) -> int | None:
    """Includes the records read before the range (`lead_time`) and after the newest one (`overrun`)."""
    records = _times(per_day, days + stream.cost.lead_time.total_seconds() / DAY)
    return None if records is None else records + (stream.cost.overrun if is_new else 0)


def _calls(stream: Stream, rows: int | None) -> int | None:
    if rows is None:
        return None
    return max(1, ceil(rows / stream.cost.page_size)) + round(stream.cost.per_record * rows) + stream.cost.fixed


def _days(span: TimeRange) -> float:
    return (span.until - span.since).total_seconds() / DAY


def _times(per_day: float | None, days: float) -> int | None:
    return None if per_day is None else round(per_day * days)


def _sum_or_none(numbers: Sequence[int | None]) -> int | None:
    known = [each for each in numbers if each is not None]
    return sum(known) if len(known) == len(numbers) else None
