"""The demo's last words: tables on a terminal, aligned plain columns elsewhere.

Names may be Arabic: these are wrapped in Unicode isolates, so that a terminal which turns right-to-left text round
turns the name alone, not the numbers beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from unicodedata import bidirectional

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from adsync_demo.figures import Row

ISOLATE, END_ISOLATE = "\u2068", "\u2069"
RIGHT_TO_LEFT = ("R", "AL")
UNDEFINED = "\u2013"
ALL = "all"
FREE_TEXT = ("Workspace", "Campaign", "Reason", "Step")
ROOMY = 100


def roas(console: Console, rows: Sequence[Row]) -> None:
    """What each platform cost and brought back, by its own account and by the store's orders."""
    if rows:
        first, last = min(row["first_date"] for row in rows), max(row["last_date"] for row in rows)
        title = f"Spend and revenue, {first} to {last}, in each workspace's currency"
    else:
        title = "Spend and revenue: no rows"
    names = ("Workspace", "Platform")
    numbers = ("Spend", "Claimed\nrevenue", "Attributed\nrevenue", "Claimed\nROAS", "Attributed\nROAS")
    _print(console, title, names, numbers, map(_roas_row, rows))


def alerts(console: Console, rows: Sequence[Row]) -> None:
    """Each is about its account's own yesterday."""
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
    _print(console, "Time", ("Step",), ("Seconds",), (*listed, ("together", f"{sum(steps.values()):.1f}")))


def isolated(name: str | None) -> str:
    """The name; marked when it has right-to-left letters, as terminals that know no isolates show them as boxes."""
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
        # Names wrap where room is short; a word of ours, such as the name of an alert, stays whole.
        table.add_column(name, no_wrap=name not in FREE_TEXT, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        # Text, not markup: a campaign may be called [sale].
        table.add_row(*(Text(cell) for cell in row))
    console.print()
    console.print(table)


def _box(console: Console) -> box.Box | None:
    return box.SIMPLE_HEAD if console.is_terminal else None
