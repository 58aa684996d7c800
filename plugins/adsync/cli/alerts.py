"""`alerts backtest`: shows which alerts a rule would have raised in the past."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from rich.console import Console

from adsync import registry, settings
from adsync.alerts import backtest as backtests
from adsync.cli.options import Workspace, parse_day


def parse_rule(text: str) -> str:
    if text not in registry.alert_rules():
        raise typer.BadParameter(f"unknown rule {text!r} (expected {', '.join(registry.alert_rules())})")
    return text


def parse_share(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise typer.BadParameter(f"invalid number {text!r} (expected a share such as 0.7)") from error
    if not value.is_finite() or value <= 0:
        raise typer.BadParameter(f"{text} is not above 0 (expected a share such as 0.7)")
    return value


Rule = Annotated[str, typer.Option(parser=parse_rule, metavar="RULE", help="Alert rule such as roas_drop.")]
Since = Annotated[
    date, typer.Option(parser=parse_day, metavar="DAY", help="First day to evaluate, in each account's time zone.")
]
Threshold = Annotated[
    Decimal | None,
    typer.Option(
        parser=parse_share, metavar="SHARE", help="Share of the baseline. Default: the threshold of each workspace."
    ),
]


def backtest(rule: Rule, since: Since, threshold: Threshold = None, workspace: Workspace = None) -> None:
    """Shows which alerts a rule would have raised.

    Each day is evaluated on the figures that were known one day later.
    """
    request = backtests.BacktestRequest(rule, since, threshold, workspace)
    matches, evaluated = backtests.run(settings.warehouse_url(), request)
    backtests.show(request, matches, evaluated, Console(highlight=False))
