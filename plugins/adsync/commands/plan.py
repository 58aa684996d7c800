"""`plan`: what a sync would fetch now, before it does."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from rich.console import Console

from adsync import accounts, config, forecast_table, registry
from adsync.commands import asking
from adsync.errors import ConfigError
from adsync.forecast import Question, forecast

if TYPE_CHECKING:
    from adsync.commands.asking import Commands


def add(commands: Commands) -> None:
    command = commands.add_parser("plan", help="what a sync would fetch now: days, calls, minutes, rows")
    command.add_argument("--source", help="only this source; without it every one")
    asking.which(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    url, window = config.warehouse_url(), asking.window(options)
    if options.account and not options.source:
        raise ConfigError("--account needs --source: say whose account it is")
    sources = [registry.load(name) for name in ([options.source] if options.source else registry.names())]
    accounts.prepare(url)
    console = Console(highlight=False)
    for source in sources:
        question = Question(source.name, tuple(asking.chosen(url, source.name, options.account)), window)
        forecast_table.show(source, asyncio.run(forecast(question, asking.environment(url))), console)
