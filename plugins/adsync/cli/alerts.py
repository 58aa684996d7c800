"""`alerts backtest`: what a threshold would have fired, before it is set."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from rich.console import Console

from adsync import settings
from adsync.alerts import backtest
from adsync.cli import options

if TYPE_CHECKING:
    from adsync.cli.options import Commands


def add(commands: Commands) -> None:
    command = commands.add_parser("alerts", help="what an alert rule would have fired on what was known then")
    command.add_argument("action", choices=["backtest"])
    command.add_argument("--rule", required=True, choices=backtest.RULES)
    command.add_argument("--since", required=True, type=options.day, help="first day to judge, in each account's zone")
    command.add_argument("--threshold", type=_share, help="share of the usual; without it each workspace's own")
    command.add_argument("--workspace", help="only this workspace; without it every one")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    question = backtest.BacktestRequest(options.rule, options.since, options.threshold, options.workspace)
    fired, judged = backtest.run(settings.warehouse_url(), question)
    backtest.show(question, fired, judged, Console(highlight=False))


def _share(text: str) -> Decimal:
    """A positive number; argparse tells what is wrong with any other text."""
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number; write it as 0.7") from error
    if not value.is_finite() or value <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0; write a share such as 0.7")
    return value
