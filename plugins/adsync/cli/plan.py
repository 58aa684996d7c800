"""`plan`: estimates what a sync or a restatement would fetch. A table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from adsync import registry, settings
from adsync.cli import options
from adsync.cli.options import Account, Since, Until
from adsync.errors import ConfigError
from adsync.orchestration import restatement
from adsync.planning.estimate import AccountEstimate, StreamEstimate, hourly_share, minutes
from adsync.planning.forecast import ForecastRequest, forecast
from adsync.sources.base import Source
from adsync.state import accounts

UNKNOWN = "?"
COLUMNS = ("account", "stream", "days", "chunks", "rows", "calls", "minutes", "of the hour")
Sources = Annotated[
    list[str] | None, typer.Option("--source", metavar="NAME", help="Only this source; repeatable. Default: all.")
]
Workspaces = Annotated[
    list[str] | None, typer.Option("--workspace", metavar="ID", help="Only this workspace; repeatable. Default: all.")
]


def plan(
    source: Sources = None,
    workspace: Workspaces = None,
    account: Account = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Estimates the calls, minutes and rows of a sync.

    With --since, estimates a restatement of those days. Only accounts that were never synced cost API calls.
    """
    url, days = settings.warehouse_url(), options.date_range(since, until)
    if account and len(source or ()) != 1:
        raise ConfigError("--account requires exactly one --source: name the source of the account")
    sources = [registry.load(name) for name in source or registry.names()]
    workspaces = workspace or []
    accounts.prepare(url)
    restatement.check_workspaces(url, workspaces)
    console = Console(highlight=False)
    everything = []
    for each in sources:
        selected = options.select_accounts(url, each.name, account, days, workspaces)
        request = ForecastRequest(each.name, tuple(selected), days)
        estimates = asyncio.run(forecast(request, options.environment(url)))
        show(each, estimates, console)
        everything.append((each, estimates))
    if len(everything) > 1:
        show_total(everything, console)


def show(source: Source, estimates: Sequence[AccountEstimate], console: Console) -> None:
    """Prints the estimate of every account of a source, and their sum."""
    if console.is_terminal:
        console.print(_table(source, estimates))
        lines = [f"{each.account}: {each.note}" for each in estimates if each.note]
    else:
        lines = _lines(source, estimates)
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


def show_total(everything: Sequence[tuple[Source, Sequence[AccountEstimate]]], console: Console) -> None:
    """Prints one line over all sources. Sources are synced in parallel, so the slowest one gives the duration."""
    estimates = [each for _, some in everything for each in some]
    at_least = "" if all(each.is_complete for each in estimates) else "at least "
    calls, rows = sum(each.calls for each in estimates), sum(each.rows for each in estimates)
    longest = max(minutes(source.rate_limits, [each.calls for each in some]) for source, some in everything)
    counts = f"{at_least}{calls:,} calls, {longest:.1f} minutes, {at_least}{rows:,} rows"
    console.print(f"all sources, {len(estimates)} accounts: {counts}", markup=False, soft_wrap=True)


def _lines(source: Source, estimates: Sequence[AccountEstimate]) -> list[str]:
    lines = []
    for each in estimates:
        lines += [f"{each.account} {_stream_line(stream)}" for stream in each.streams]
        note = f"; {each.note}" if each.note else ""
        lines.append(f"{each.account}: {_sum_line(source, [each])}{note}")
    return [*lines, f"{source.name}, {len(estimates)} accounts: {_sum_line(source, estimates)}"]


def _table(source: Source, estimates: Sequence[AccountEstimate]) -> Table:
    table = Table(title=f"{source.name}: estimate of a sync now")
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in COLUMNS[:3] else "right")
    for each in estimates:
        for stream in each.streams:
            table.add_row(
                "", stream.stream, _days(stream), str(stream.chunks), _number(stream.rows), _number(stream.calls)
            )
        table.add_row(str(each.account), *_sums(source, [each]), end_section=True)
    table.add_row(f"{len(estimates)} accounts", *_sums(source, estimates), style="bold")
    return table


def _sums(source: Source, estimates: Sequence[AccountEstimate]) -> tuple[str, ...]:
    calls = [each.calls for each in estimates]
    rows = sum(each.rows for each in estimates)
    at_least = "" if all(each.is_complete for each in estimates) else "at least "
    time = f"{minutes(source.rate_limits, calls):.1f}"
    return "", "", "", f"{at_least}{rows:,}", f"{at_least}{sum(calls):,}", time, _share(source, calls)


def _stream_line(stream: StreamEstimate) -> str:
    method = f" ({stream.method})" if stream.method else ""
    days = f"{_days(stream)}, {stream.chunks} chunks, " if stream.since else ""
    return f"{stream.stream}: {days}{_number(stream.rows)} rows, {_number(stream.calls)} calls{method}"


def _sum_line(source: Source, estimates: Sequence[AccountEstimate]) -> str:
    rows, calls, time, part = _sums(source, estimates)[3:]
    return f"{calls} calls, {time} minutes, {rows} rows, {part} of the hour's budget"


def _days(stream: StreamEstimate) -> str:
    return f"{stream.since} to {stream.through}" if stream.since else ""


def _number(number: int | None) -> str:
    return UNKNOWN if number is None else f"{number:,}"


def _share(source: Source, calls: Sequence[int]) -> str:
    used = hourly_share(source.rate_limits, calls)
    return UNKNOWN if used is None else f"{used:.2f} %"
