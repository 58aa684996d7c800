"""What a restate reads again: a backfilled day, the days somebody asked for, or each source's whole lookback.

Days are days of each account's own zone; Airflow's day is the one that names them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from adsync import registry
from adsync.errors import ConfigError
from adsync.orchestration.run_summary import PartialSync, runs_report
from adsync.orchestration.sharding import accounts_of
from adsync.ranges import ONE_DAY, DateRange
from adsync.sources.base import Source
from adsync.warehouse.connection import connect_now

KNOWN_WORKSPACES = "select workspace_id from adsync.workspaces order by workspace_id"


@dataclass(frozen=True)
class RestateRequest:
    """Which days of which sources; `days` None: the lookback that ends with `day`. No workspace means all of them."""

    day: date
    days: DateRange | None
    sources: tuple[str, ...]
    workspaces: tuple[str, ...] = ()

    def window(self, source: Source) -> DateRange:
        return self.days or DateRange(self.day - timedelta(days=source.lookback - 1), self.day + ONE_DAY)


def parse_params(params: Mapping[str, Any], day: date, *, backfill: bool, now: datetime) -> RestateRequest:
    """What a run of `day` with these parameters reads; ConfigError says which of them is wrong."""
    days = _days(params, now)
    if backfill and days:
        raise ConfigError("restate: a backfill re-reads its own days: leave since and until out, or trigger a run")
    sources = _texts(params, "sources") or registry.names()
    for name in sources:
        registry.load(name)
    return RestateRequest(
        day, DateRange(day, day + ONE_DAY) if backfill else days, sources, _texts(params, "workspaces")
    )


def check_workspaces(url: str, names: Sequence[str]) -> None:
    """ConfigError for a workspace that the warehouse does not know."""
    with connect_now(url) as connection:
        known = [name for (name,) in connection.execute(KNOWN_WORKSPACES)]
    for name in names:
        if name not in known:
            raise ConfigError(f"there is no workspace {name!r}; there are {', '.join(known) or 'none yet'}")


def report(
    url: str, run_id: str, chosen: Collection[str] | None, planned: Mapping[str, Sequence[Mapping[str, Any]] | None]
) -> str:
    """One line about a run that was to read the `chosen` sources; PartialSync when anything is not done."""
    if chosen is None:
        raise PartialSync("PARTIAL: nothing was read: what to read is unclear; see the log of task scope")
    return runs_report(url, run_id, {name: accounts_of(planned[name]) for name in registry.names() if name in chosen})


def _days(params: Mapping[str, Any], now: datetime) -> DateRange | None:
    since, until = _day(params, "since"), _day(params, "until")
    if since is None:
        if until:
            raise ConfigError("restate: until needs since: say both ends of the days to read again")
        return None
    last = until or since
    if last < since:
        raise ConfigError(f"restate: until {last} is before since {since}: swap them")
    # Somewhere it is tomorrow already.
    if last > now.date() + ONE_DAY:
        raise ConfigError(f"restate: until {last} has not come yet: choose a day up to today")
    return DateRange(since, last + ONE_DAY)


def _day(params: Mapping[str, Any], name: str) -> date | None:
    value = params.get(name)
    if value in {None, ""}:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"restate: {name} {value!r} is no day; write it as 2026-01-31") from error


def _texts(params: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = params.get(name) or ()
    if isinstance(value, str) or not all(isinstance(each, str) for each in value):
        raise ConfigError(f'restate: {name} {value!r} is no list of names; write it as ["...", "..."]')
    return tuple(dict.fromkeys(value))
