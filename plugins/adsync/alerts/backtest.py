"""What an alert rule would have fired, day by day, on what was known when each day was a day old.

The rules are in `marts.alert_checks`; here a workspace's threshold may be replaced by another one, nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import psycopg
from psycopg.rows import class_row
from rich.console import Console
from rich.table import Table

from adsync.errors import ConfigError
from adsync.warehouse.connection import connect_now

FIRED = """
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
COLUMNS = ("day", "workspace", "platform", "campaign", "figure", "usually", "share", "compared with", "today's rule")


@dataclass(frozen=True)
class BacktestRequest:
    """Which rule, since which day; its threshold and workspace where not every workspace's own."""

    rule: str
    since: date
    threshold: Decimal | None = None
    workspace: str | None = None


@dataclass(frozen=True)
class Match:
    """One campaign's day on which the rule would have fired."""

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
        # A campaign that usually costs nothing has a baseline of 0.
        share = f"{self.current / self.baseline:.0%}" if self.baseline else "\N{EN DASH}"
        figures = (f"{self.current:.2f}", f"{self.baseline:.2f}", share)
        place = (str(self.date), self.workspace_id, self.platform, self.campaign_id)
        return (*place, *figures, days, "fires" if self.fires_now else "silent")


def run(url: str, question: BacktestRequest) -> tuple[list[Match], int]:
    """Every firing, and how many workspace days could be judged at all; ConfigError before the first build."""
    values = dict(question.__dict__)
    with connect_now(url) as connection, connection.cursor(row_factory=class_row(Match)) as cursor:
        try:
            fired = cursor.execute(FIRED, values).fetchall()
        except psycopg.errors.UndefinedTable as error:
            raise ConfigError("there is no marts.alert_checks yet: let the DAG transform run once") from error
        judged = connection.execute(EVALUATED, values).fetchone()
    return fired, int(judged[0]) if judged else 0


def show(question: BacktestRequest, fired: Sequence[Match], judged: int, console: Console) -> None:
    """A table on a terminal, one line per firing elsewhere; then one sentence of counts."""
    if console.is_terminal:
        console.print(_table(question, fired))
    else:
        for each in fired:
            console.print(" ".join(each.cells), markup=False, soft_wrap=True)
    threshold = "each workspace's threshold" if question.threshold is None else f"a threshold of {question.threshold}"
    campaigns = len({(each.workspace_id, each.platform, each.campaign_id) for each in fired})
    sentence = f"{question.rule} with {threshold}: {len(fired)} days of {campaigns} campaigns since {question.since}"
    console.print(f"{sentence}; the ledger could judge {judged} workspace days.", markup=False, soft_wrap=True)


def _table(question: BacktestRequest, fired: Sequence[Match]) -> Table:
    table = Table(title=f"{question.rule}: what would have fired")
    for name in COLUMNS:
        table.add_column(name, justify="right" if name in ("figure", "usually", "share") else "left")
    for each in fired:
        table.add_row(*each.cells)
    return table
