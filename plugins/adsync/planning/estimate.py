"""How many calls and rows a sync would take: pure arithmetic on what is known of an account.

The days come from the same functions that a sync uses. Rows come from what is stored already; of an account that
was never read somebody has to tell how many campaigns it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import ceil
from zoneinfo import ZoneInfo

from adsync.extract import async_report
from adsync.extract.daily import by_report, learned_today, plan_chunks
from adsync.extract.reread_queue import RereadQueue
from adsync.models import Account, RateLimit
from adsync.ranges import DateRange, TimeRange
from adsync.sources.base import DailyStream, EntityStream, IncrementalStream, Source, Stream
from adsync.state.stream_state import StreamState, SyncSettings, incremental_ranges, is_fresh, within_retention

# Order, a few polls, and the download.
REPORT_CALLS = 5
HOUR, MINUTE, DAY = 3600, 60, 86_400


@dataclass(frozen=True)
class Known:
    """What is known of an account: per stream its coverage, how many records it has, and how many a day brings.

    `page` is how many records a page of a stream brings where the platform has just told.
    """

    reach: SyncSettings
    today: date
    now: datetime
    coverage: Mapping[str, StreamState] = field(default_factory=dict)
    records: Mapping[str, int] = field(default_factory=dict)
    a_day: Mapping[str, float] = field(default_factory=dict)
    page: Mapping[str, int] = field(default_factory=dict)
    asked: DateRange | None = None


@dataclass(frozen=True)
class Step:
    """What one stream would take; None where nothing is known to count with. Days are inclusive."""

    stream: str
    since: date | None
    through: date | None
    windows: int
    rows: int | None
    calls: int | None
    way: str = ""


@dataclass(frozen=True)
class Estimate:
    """What one account would take."""

    account: Account
    steps: tuple[Step, ...]
    note: str = ""

    @property
    def calls(self) -> int:
        return sum(step.calls or 0 for step in self.steps)

    @property
    def rows(self) -> int:
        return sum(step.rows or 0 for step in self.steps)

    @property
    def complete(self) -> bool:
        return all(step.calls is not None for step in self.steps)


def estimate(source: Source, account: Account, known: Known, note: str = "") -> Estimate:
    return Estimate(account, tuple(_step(source, account, stream, known) for stream in source.streams), note)


def _step(source: Source, account: Account, stream: Stream, known: Known) -> Step:
    cost = replace(stream.cost, page_size=known.page.get(stream.name, stream.cost.page_size))
    match stream:
        case EntityStream():
            return _entity(replace(stream, cost=cost), known, is_first=stream is source.streams[0])
        case DailyStream():
            return _daily(account, replace(stream, cost=cost), known)
        case IncrementalStream():
            return _changes(account, replace(stream, cost=cost), known)


def minutes(limits: Sequence[RateLimit], calls: Sequence[int]) -> float:
    """How long accounts with so many calls each would take if nothing but the platform's limits held them up."""
    return max(
        (_shared(limit, calls) * limit.seconds / limit.calls / MINUTE for limit in _general(limits)), default=0.0
    )


def share(limits: Sequence[RateLimit], calls: Sequence[int]) -> float | None:
    """Per cent of the tightest hourly budget; None where no limit is known."""
    used = [100 * _shared(limit, calls) * limit.seconds / (limit.calls * HOUR) for limit in _general(limits)]
    return max(used, default=None)


def _general(limits: Sequence[RateLimit]) -> list[RateLimit]:
    return [limit for limit in limits if not limit.path]


def _shared(limit: RateLimit, calls: Sequence[int]) -> int:
    """The calls that one owner of the limit makes: an account its own, an app those of all its accounts."""
    return max(calls, default=0) if limit.scope == "account" else sum(calls)


def _entity(stream: EntityStream, known: Known, *, is_first: bool) -> Step:
    covered = known.coverage.get(stream.name, StreamState())
    if is_fresh(covered, stream.refresh_every, known.now):
        return Step(stream.name, None, None, 0, 0, 0, "read lately")
    if stream.restate_only and not known.asked:
        return Step(stream.name, None, None, 0, 0, 0, "read at night")
    rows = 1 if is_first else known.records.get(stream.name)
    return Step(stream.name, None, None, 1, rows, _calls(stream, rows))


def _daily(account: Account, stream: DailyStream, known: Known) -> Step:
    covered = known.coverage.get(stream.name, StreamState())
    learned = learned_today(covered, str(known.now.date()))
    asked = plan_chunks(stream, covered, known.today, known.reach, learned, known.asked)
    windows = within_retention(asked, known.today, stream.retention_months)
    if not windows:
        return Step(stream.name, None, None, 0, 0, 0, "older than the platform keeps")
    since, through = min(each.since for each in windows), max(each.last_day for each in windows)
    days = sum(each.days for each in windows)
    a_day = known.a_day.get(stream.name)
    rows = None if a_day is None else round(a_day * days)
    if stream.report and by_report(stream.report, account, covered, windows, known.now):
        return Step(stream.name, since, through, 1, rows, REPORT_CALLS, "asynchronous report")
    counted = [1 if stream.cost.per_campaign else window.days for window in windows]
    each = [_calls(stream, None if a_day is None else round(a_day * days)) for days in counted]
    return Step(stream.name, since, through, len(windows), rows, _sum(each))


def _changes(account: Account, stream: IncrementalStream, known: Known) -> Step:
    covered = known.coverage.get(stream.name, StreamState())
    if known.asked:
        return _asked_changes(account, stream, known, covered)
    spans = list(incremental_ranges(covered, known.now, known.reach, stream.max_days))
    since, through = min(each.since.date() for each in spans), max(each.until.date() for each in spans)
    a_day = known.a_day.get(stream.name)
    if stream.report and async_report.of_changes(account, covered, stream.report, spans, known.now):
        rows = None if a_day is None else round(a_day * sum(_days(span) for span in spans))
        return _reported(stream, since, through, rows)
    found = [_changed(stream, a_day, _days(span), is_news=covered.leads_to(span)) for span in spans]
    calls = _sum([_calls(stream, rows) for rows in found])
    due = len(RereadQueue.of(stream.reread, covered, known.now).due()) if stream.reread else 0
    again = ceil(due / stream.reread.page_size) if stream.reread else 0
    rows = _sum([*found, due])
    return Step(stream.name, since, through, len(spans), rows, None if calls is None else calls + again)


def _asked_changes(account: Account, stream: IncrementalStream, known: Known, covered: StreamState) -> Step:
    """Days that were read before are compared with what is stored, where a source can: few records cost a call."""
    asked = known.asked
    rows = _changed(stream, known.a_day.get(stream.name), asked.days, is_news=False)
    spans = [asked.instants(ZoneInfo(account.timezone))]
    if stream.report and async_report.of_changes(account, covered, stream.report, spans, known.now):
        return _reported(stream, asked.since, asked.last_day, rows)
    compared = stream.read_history and covered.joined(asked) == covered
    calls = _calls(replace(stream, cost=replace(stream.cost, per_record=0)) if compared else stream, rows)
    return Step(stream.name, asked.since, asked.last_day, 1, rows, calls)


def _reported(stream: Stream, since: date, through: date, rows: int | None) -> Step:
    calls = None if rows is None else REPORT_CALLS + round(stream.cost.per_record * rows)
    return Step(stream.name, since, through, 1, rows, calls, "asynchronous report")


def _changed(stream: Stream, a_day: float | None, days: float, *, is_news: bool) -> int | None:
    """How many records a read of so many days brings, with those that it reads beyond them."""
    if a_day is None:
        return None
    return round(a_day * (days + stream.cost.lead_time.total_seconds() / DAY)) + (stream.cost.overrun if is_news else 0)


def _days(span: TimeRange) -> float:
    return (span.until - span.since).total_seconds() / DAY


def _calls(stream: Stream, rows: int | None) -> int | None:
    if rows is None:
        return None
    return max(1, ceil(rows / stream.cost.page_size)) + round(stream.cost.per_record * rows) + stream.cost.fixed


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [each for each in numbers if each is not None]
    return sum(known) if len(known) == len(numbers) else None
