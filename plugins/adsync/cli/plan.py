"""`plan`: what a sync would fetch now, or a restate of those days, before it does."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from rich.console import Console

from adsync import registry, settings
from adsync.cli import forecast_table
from adsync.cli import options as shared
from adsync.errors import ConfigError
from adsync.orchestration import restatement
from adsync.planning.forecast import ForecastRequest, forecast
from adsync.state import accounts

if TYPE_CHECKING:
    from adsync.cli.options import Commands


def add(commands: Commands) -> None:
    command = commands.add_parser("plan", help="what a sync or a restate would fetch: days, calls, minutes, rows")
    command.add_argument("--source", action="append", help="only this source, may be repeated; without it every one")
    command.add_argument("--workspace", action="append", default=[], help="only this workspace, may be repeated")
    shared.which(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    url, window = settings.warehouse_url(), shared.window(options)
    if options.account and len(options.source or ()) != 1:
        raise ConfigError("--account needs one --source: say whose account it is")
    sources = [registry.load(name) for name in options.source or registry.names()]
    accounts.prepare(url)
    restatement.check_workspaces(url, options.workspace)
    console = Console(highlight=False)
    everything = []
    for source in sources:
        listed = shared.chosen(url, source.name, options.account, window, options.workspace)
        question = ForecastRequest(source.name, tuple(listed), window)
        estimates = asyncio.run(forecast(question, shared.environment(url)))
        forecast_table.show(source, estimates, console)
        everything.append((source, estimates))
    if len(everything) > 1:
        forecast_table.show_total(everything, console)
