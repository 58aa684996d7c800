"""Backtest of an alert rule: the alerts it would have raised, each day on the figures known one day later.

The rules are in `marts.alert_checks`. A backtest can replace the threshold of the workspaces, nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

import psycopg
from psycopg.rows import class_row
from rich.console import Console
from rich.table import Table

from adsync.errors import ConfigError
from adsync.warehouse.connection import connect_now

MATCHES = """
    select
        date, workspace_id, platform, campaign_id, current, baseline, baseline_kind, baseline_days, is_latest,
        fires as fires_now
    from marts.alert_checks
    where
        type = %(rule)s
        and date >= %(since)s
        and (%(workspace)s::text is null or workspace_id = %(workspace)s)
        and applies
        and direction * current < direction * coalesce(%(threshold)s, ratio) * baseline
    order by date, workspace_id, platform, campaign_id
"""
EVALUATED = """
    select count(distinct (workspace_id, date)) from marts.alert_checks
    where type = %(rule)s and date >= %(since)s and (%(workspace)s::text is null or workspace_id = %(workspace)s)
"""
COLUMNS = ("day", "workspace", "platform", "campaign", "value", "baseline", "share", "compared with", "current rule")


@dataclass(frozen=True)
class BacktestRequest:
    """The rule and its first day; None: the threshold of each workspace, and all workspaces."""

    rule: str
    since: date
    threshold: Decimal | None = None
    workspace: str | None = None


@dataclass(frozen=True)
class Match:
    """A day of a campaign on which the rule would have raised an alert."""

    date: date
    workspace_id: str
    platform: str
    campaign_id: str
    current: Decimal
    baseline: Decimal
    baseline_kind: str
    baseline_days: int
    is_latest: bool
    fires_now: bool

    @property
    def cells(self) -> tuple[str, ...]:
        days = f"{self.baseline_days} days {self.baseline_kind.replace('_', '-')}"
        # A campaign without spend has a baseline of 0.
        share = f"{self.current / self.baseline:.0%}" if self.baseline else "\N{EN DASH}"
        figures = (f"{self.current:.2f}", f"{self.baseline:.2f}", share)
        key = (str(self.date), self.workspace_id, self.platform, self.campaign_id)
        return (*key, *figures, days, "alert" if self.fires_now else "no alert")


def run(url: str, request: BacktestRequest) -> tuple[list[Match], int]:
    """Returns the matches and the number of evaluated workspace days; ConfigError before the first build."""
    values = asdict(request)
    with connect_now(url) as connection, connection.cursor(row_factory=class_row(Match)) as cursor:
        try:
            matches = cursor.execute(MATCHES, values).fetchall()
        except psycopg.errors.UndefinedTable as error:
            raise ConfigError("missing table marts.alert_checks: run the DAG transform once") from error
        evaluated = connection.execute(EVALUATED, values).fetchone()
    return matches, int(evaluated[0]) if evaluated else 0


def show(request: BacktestRequest, matches: Sequence[Match], evaluated: int, console: Console) -> None:
    """Prints a table on a terminal, one line per match elsewhere, then the totals."""
    if console.is_terminal:
        console.print(_table(request, matches))
    else:
        for each in matches:
            console.print(" ".join(each.cells), markup=False, soft_wrap=True)
    threshold = "workspace thresholds" if request.threshold is None else f"a threshold of {request.threshold}"
    campaigns = len({(each.workspace_id, each.platform, each.campaign_id) for each in matches})
    total = f"{request.rule} with {threshold}: {len(matches)} days of {campaigns} campaigns since {request.since}"
    console.print(f"{total}; {evaluated} workspace days were evaluated.", markup=False, soft_wrap=True)


def _table(request: BacktestRequest, matches: Sequence[Match]) -> Table:
    table = Table(title=f"{request.rule}: alerts in the backtest")
    for name in COLUMNS:
        table.add_column(name, justify="right" if name in ("value", "baseline", "share") else "left")
    for each in matches:
        table.add_row(*each.cells)
    return table
