"""How many calls and rows a sync would take: pure arithmetic on what is known of an account.

The days come from the same functions that a sync uses. Rows come from what is stored already; of an account that
was never read somebody has to tell how many campaigns it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil

from adsync.daily import by_report, planned, remembered
from adsync.scope import Coverage, Reach, change_spans, fresh, kept
from adsync.sources.base import Account, Limit, Source, Stream
from adsync.window import Window

# Order, a few polls, and the download.
REPORT_CALLS = 5
HOUR, MINUTE, DAY = 3600, 60, 86_400


@dataclass(frozen=True)
class Known:
    """What is known of an account: per stream its coverage, how many records it has, and how many a day brings."""

    reach: Reach
    today: date
    now: datetime
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    records: Mapping[str, int] = field(default_factory=dict)
    a_day: Mapping[str, float] = field(default_factory=dict)
    asked: Window | None = None


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
    by_shape = {"entity": _entity, "daily": _daily, "changes": _changes}
    return Estimate(account, tuple(by_shape[each.shape](source, account, each, known) for each in source.streams), note)


def minutes(limits: Sequence[Limit], calls: Sequence[int]) -> float:
    """How long accounts with so many calls each would take if nothing but the platform's limits held them up."""
    return max(
        (_shared(limit, calls) * limit.seconds / limit.calls / MINUTE for limit in _general(limits)), default=0.0
    )


def share(limits: Sequence[Limit], calls: Sequence[int]) -> float | None:
    """Per cent of the tightest hourly budget; None where no limit is known."""
    used = [100 * _shared(limit, calls) * limit.seconds / (limit.calls * HOUR) for limit in _general(limits)]
    return max(used, default=None)


def _general(limits: Sequence[Limit]) -> list[Limit]:
    return [limit for limit in limits if not limit.path]


def _shared(limit: Limit, calls: Sequence[int]) -> int:
    """The calls that one owner of the limit makes: an account its own, an app those of all its accounts."""
    return max(calls, default=0) if limit.scope == "account" else sum(calls)


def _entity(source: Source, _account: Account, stream: Stream, known: Known) -> Step:
    covered = known.coverage.get(stream.name, Coverage())
    if stream.every and fresh(covered, stream.every, known.now):
        return Step(stream.name, None, None, 0, 0, 0, "read lately")
    if stream.aside and not known.asked:
        return Step(stream.name, None, None, 0, 0, 0, "read at night")
    rows = 1 if stream is source.streams[0] else known.records.get(stream.name)
    return Step(stream.name, None, None, 1, rows, _calls(stream, rows))


def _daily(_source: Source, account: Account, stream: Stream, known: Known) -> Step:
    covered = known.coverage.get(stream.name, Coverage())
    hints = remembered(covered, str(known.now.date()))
    asked = planned(stream, covered, known.today, known.reach, known.asked, hints)
    windows = kept(asked, known.today, stream.months)
    if not windows:
        return Step(stream.name, None, None, 0, 0, 0, "older than the platform keeps")
    since, through = min(each.since for each in windows), max(each.last_day for each in windows)
    days = sum(each.days for each in windows)
    a_day = known.a_day.get(stream.name)
    rows = None if a_day is None else round(a_day * days)
    if stream.report and by_report(stream.report, account, covered, windows, known.now):
        return Step(stream.name, since, through, 1, rows, REPORT_CALLS, "asynchronous report")
    each = [_calls(stream, None if a_day is None else round(a_day * window.days)) for window in windows]
    return Step(stream.name, since, through, len(windows), rows, _sum(each))


def _changes(_source: Source, _account: Account, stream: Stream, known: Known) -> Step:
    covered = known.coverage.get(stream.name, Coverage())
    spans = [] if known.asked else list(change_spans(covered, known.now, known.reach, stream.longest))
    days = [known.asked.days] if known.asked else [(each.until - each.since).total_seconds() / DAY for each in spans]
    since = known.asked.since if known.asked else min(each.since.date() for each in spans)
    through = known.asked.last_day if known.asked else max(each.until.date() for each in spans)
    a_day = known.a_day.get(stream.name)
    each = [None if a_day is None else round(a_day * span) for span in days]
    return Step(stream.name, since, through, len(days), _sum(each), _sum([_calls(stream, rows) for rows in each]))


def _calls(stream: Stream, rows: int | None) -> int | None:
    return None if rows is None else max(1, ceil(rows / stream.page)) + stream.each * rows


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [each for each in numbers if each is not None]
    return sum(known) if len(known) == len(numbers) else None
