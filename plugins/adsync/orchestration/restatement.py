"""Decides which days a restate reads: a backfilled day, a requested range, or each source's whole lookback.

Days are days of each account's own time zone. The day of an Airflow run only names them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from adsync import registry
from adsync.errors import ConfigError
from adsync.orchestration.run_summary import PartialSync, summarize_run
from adsync.orchestration.sharding import planned_accounts
from adsync.ranges import ONE_DAY, DateRange
from adsync.sources.base import Source
from adsync.warehouse.connection import connect_now

WORKSPACES = "select workspace_id from adsync.workspaces order by workspace_id"


@dataclass(frozen=True)
class RestateRequest:
    """The sources, workspaces and days of a run; without `requested`, each source's lookback that ends with `day`."""

    day: date
    requested: DateRange | None
    sources: tuple[str, ...]
    workspaces: tuple[str, ...] = ()

    def range_for(self, source: Source) -> DateRange:
        return self.requested or DateRange(self.day - timedelta(days=source.lookback - 1), self.day + ONE_DAY)


def parse_params(params: Mapping[str, Any], day: date, *, backfill: bool, now: datetime) -> RestateRequest:
    """Returns the request of a run of `day`; raises ConfigError for an invalid parameter."""
    requested = _range(params, now)
    if backfill and requested:
        raise ConfigError(
            "`since` and `until` are not allowed in a backfill, whose runs read one day each "
            "(remove them, or trigger a run instead)"
        )
    sources = _names(params, "sources") or registry.names()
    for name in sources:
        registry.load(name)
    own_day = DateRange(day, day + ONE_DAY)
    return RestateRequest(day, own_day if backfill else requested, sources, _names(params, "workspaces"))


def check_workspaces(url: str, names: Sequence[str]) -> None:
    """Raises ConfigError for a workspace that is not in the warehouse."""
    with connect_now(url) as connection:
        known = [name for (name,) in connection.execute(WORKSPACES)]
    for name in names:
        if name not in known:
            raise ConfigError(f"unknown workspace {name!r} (known: {', '.join(known) or 'none yet'})")


def summarize_restate(
    url: str, run_id: str, sources: Collection[str] | None, planned: Mapping[str, Sequence[Mapping[str, Any]] | None]
) -> str:
    """Returns one line about a run of these sources, None if task `scope` failed; raises PartialSync."""
    if sources is None:
        raise PartialSync("PARTIAL: nothing was read: task `scope` failed (see its log)")
    return summarize_run(
        url, run_id, {name: planned_accounts(planned[name]) for name in registry.names() if name in sources}
    )


def _range(params: Mapping[str, Any], now: datetime) -> DateRange | None:
    since, until = _date(params, "since"), _date(params, "until")
    if since is None:
        if until:
            raise ConfigError(f"`until` without `since`: {until} (set both, or only `since` for a single day)")
        return None
    last = until or since
    if last < since:
        raise ConfigError(f"`until` {last} is before `since` {since} (swap them)")
    # In some time zone it is already tomorrow.
    latest = now.date() + ONE_DAY
    if last > latest:
        raise ConfigError(f"`{'until' if until else 'since'}` {last} is in the future (latest accepted: {latest})")
    return DateRange(since, last + ONE_DAY)


def _date(params: Mapping[str, Any], name: str) -> date | None:
    value = params.get(name)
    if value in {None, ""}:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"invalid date for `{name}`: {value!r} (expected YYYY-MM-DD)") from error


def _names(params: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = params.get(name) or ()
    if isinstance(value, str) or not all(isinstance(each, str) for each in value):
        raise ConfigError(f'invalid list for `{name}`: {value!r} (expected names: ["...", "..."])')
    return tuple(dict.fromkeys(value))
