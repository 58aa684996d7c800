"""The demo's results as tables on a terminal, as aligned plain columns elsewhere.

Sums and ratios are computed in SQL. Arabic names are wrapped in Unicode isolates, so that a terminal that reverses
right-to-left text reverses the name only, not the numbers next to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from unicodedata import bidirectional

import psycopg
from psycopg.rows import dict_row
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = Mapping[str, Any]

ROAS = """
    select
        workspaces.name as workspace,
        workspaces.currency,
        roas.platform,
        sum(roas.spend) as spend,
        sum(roas.claimed_revenue) as claimed_revenue,
        sum(roas.attributed_revenue) as attributed_revenue,
        sum(roas.claimed_revenue) / nullif(sum(roas.spend), 0) as claimed_roas,
        sum(roas.attributed_revenue) / nullif(sum(roas.spend), 0) as attributed_roas,
        min(roas.date) as first_date,
        max(roas.date) as last_date
    from marts.workspace_roas as roas
    inner join adsync.workspaces using (workspace_id)
    group by workspace_id, workspaces.name, workspaces.currency, roas.platform
    order by workspaces.name, workspace_id, roas.platform = 'all', roas.platform
"""
ALERTS = """
    select
        workspaces.name as workspace,
        alerts.severity,
        alerts.type,
        alerts.platform,
        campaigns.name as campaign,
        alerts.message
    from adsync.alerts
    inner join adsync.workspaces using (workspace_id)
    left join marts.campaigns using (workspace_id, platform, campaign_id)
    where alerts.status = 'open'
    order by workspaces.name, array_position(array['high', 'medium', 'low'], alerts.severity), alerts.type
"""
HEALTH = """
    select platform, status, count(*) as accounts, min(covered_through) as covered_through
    from marts.sync_health
    group by platform, status
    order by platform, status
"""
SOURCES = """
    select
        platform,
        sum(calls) as calls,
        sum(rows_seen) as rows_seen,
        sum(rows_changed) as rows_changed,
        sum(bytes) as bytes
    from adsync.sync_runs
    where started_at >= %s
    group by platform
    order by platform
"""
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
RIGHT_TO_LEFT = ("R", "AL")
UNDEFINED = "\u2013"
ALL = "all"
FREE_TEXT = ("Workspace", "Campaign", "Reason", "Step")
ROOMY = 100


def print_tables(console: Console, connection: psycopg.Connection, began: datetime) -> None:
    """Prints the tables about the marts and about the syncs since `began`."""
    roas(console, _read(connection, ROAS))
    alerts(console, _read(connection, ALERTS))
    health(console, _read(connection, HEALTH))
    sources(console, _read(connection, SOURCES, began))


def roas(console: Console, rows: Sequence[Row]) -> None:
    """Prints the spend and revenue of each platform, as it claims and as attributed to the store's orders."""
    if rows:
        first, last = min(row["first_date"] for row in rows), max(row["last_date"] for row in rows)
        title = f"Spend and revenue, {first} to {last}, in each workspace's currency"
    else:
        title = "Spend and revenue: no rows"
    names = ("Workspace", "Platform")
    numbers = ("Spend", "Claimed\nrevenue", "Attributed\nrevenue", "Claimed\nROAS", "Attributed\nROAS")
    _print(console, title, names, numbers, map(_roas_row, rows))


def alerts(console: Console, rows: Sequence[Row]) -> None:
    """Prints the open alerts; each is about its account's yesterday."""
    _print(console, f"Open alerts: {len(rows)}", ("Severity", "Alert", "Campaign", "Reason"), (), map(_alert_row, rows))


def health(console: Console, rows: Sequence[Row]) -> None:
    listed = ((row["platform"], row["status"], str(row["accounts"]), str(row["covered_through"])) for row in rows)
    _print(console, "Sync health", ("Source", "Status"), ("Accounts", "Covered through"), listed)


def sources(console: Console, rows: Sequence[Row]) -> None:
    fields = ("calls", "rows_seen", "rows_changed", "bytes")
    listed = ((row["platform"], *(f"{row[field]:,}" for field in fields)) for row in rows)
    _print(console, "This pass", ("Source",), ("HTTP calls", "Rows read", "Rows written", "Bytes"), listed)


def times(console: Console, steps: Mapping[str, float]) -> None:
    listed = ((name, f"{seconds:.1f}") for name, seconds in steps.items())
    _print(console, "Time", ("Step",), ("Seconds",), (*listed, ("total", f"{sum(steps.values()):.1f}")))


def isolated(name: str | None) -> str:
    """Returns the name, isolated only if it has right-to-left letters: some terminals show isolates as boxes."""
    text = name or UNDEFINED
    return f"{ISOLATE}{text}{END_ISOLATE}" if any(bidirectional(letter) in RIGHT_TO_LEFT for letter in text) else text


def money(amount: Decimal | None) -> str:
    return UNDEFINED if amount is None else f"{amount:,.2f}"


def _roas_row(row: Row) -> tuple[str, ...]:
    platform = ALL if row["platform"] == "all" else row["platform"]
    amounts = (f"{money(row[name])}" for name in ("spend", "claimed_revenue", "attributed_revenue"))
    ratios = (money(row[name]) for name in ("claimed_roas", "attributed_roas"))
    return (f"{isolated(row['workspace'])} ({row['currency']})", platform, *amounts, *ratios)


def _alert_row(row: Row) -> tuple[str, ...]:
    campaign = f"{isolated(row['workspace'])}, {row['platform']}: {isolated(row['campaign'])}"
    return row["severity"], row["type"], campaign, row["message"]


def _print(
    console: Console, title: str, names: Sequence[str], numbers: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    gap = 2 if console.width >= ROOMY else 1
    table = Table(
        title=title, title_justify="left", title_style="bold", box=_box(console), padding=(0, gap, 0, 0), pad_edge=False
    )
    for name in names:
        # Names wrap if the terminal is narrow; words of ours, such as the type of an alert, do not.
        table.add_column(name, no_wrap=name not in FREE_TEXT, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        # Text, not markup: a campaign may be named [sale].
        table.add_row(*(Text(cell) for cell in row))
    console.print()
    console.print(table)


def _box(console: Console) -> box.Box | None:
    return box.SIMPLE_HEAD if console.is_terminal else None


def _read(connection: psycopg.Connection, query: str, *values: object) -> list[Row]:
    return list(connection.cursor(row_factory=dict_row).execute(query, values))
