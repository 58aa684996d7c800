"""The printed tables."""

import io
from datetime import date
from decimal import Decimal

import pytest
from rich.cells import cell_len
from rich.console import Console

from adsync_demo import summary

ROW = {
    "workspace": "Acme Trading",
    "currency": "SAR",
    "platform": "meta",
    "spend": Decimal("1234567.891"),
    "claimed_revenue": Decimal(3000),
    "attributed_revenue": Decimal(2000),
    "claimed_roas": Decimal("2.4321"),
    "attributed_roas": None,
    "first_date": date(2026, 7, 26),
    "last_date": date(2026, 11, 22),
}
ALERT = {
    "workspace": "Acme Trading",
    "severity": "high",
    "type": "roas_drop",
    "platform": "meta",
    "campaign": "حملة رمضان",
    "message": "ROAS 0.80, usually 2.50",
}


@pytest.fixture(params=[True, False], ids=["terminal", "elsewhere"])
def console(request):
    return Console(file=io.StringIO(), width=150, force_terminal=request.param, no_color=True)


def text(console):
    return console.file.getvalue()


def test_money_has_two_decimals_and_an_undefined_ratio_a_dash(console):
    summary.roas(console, [ROW])
    assert "1,234,567.89" in text(console)
    assert "2.43" in text(console)
    assert summary.UNDEFINED in text(console)
    assert "2026-07-26 to 2026-11-22" in text(console)


def test_the_total_row_is_labeled(console):
    summary.roas(console, [ROW | {"platform": "all"}])
    assert summary.ALL in text(console).split()


def test_empty_results_are_printed(console):
    summary.roas(console, [])
    summary.alerts(console, [])
    assert "no rows" in text(console)
    assert "Open alerts: 0" in text(console)


def test_an_arabic_name_leaves_the_columns_aligned(console):
    latin = ALERT | {"campaign": "ten chars."}
    summary.alerts(console, [ALERT, latin])
    arabic_line, latin_line = (line for line in text(console).splitlines() if "roas_drop" in line)
    before, after = (cell_len(line.partition("ROAS")[0]) for line in (arabic_line, latin_line))
    assert before == after


def test_a_narrow_terminal_keeps_every_number_whole():
    narrow = Console(file=io.StringIO(), width=80, force_terminal=True, no_color=True)
    summary.roas(narrow, [ROW | {"attributed_roas": Decimal("1.62")}])
    summary.alerts(narrow, [ALERT | {"type": "high_spend_low_conversions"}])
    shown = text(narrow)
    for whole in ("1,234,567.89", "3,000.00", "2.43", "1.62", "high_spend_low_conversions"):
        assert whole in shown


def test_a_name_in_brackets_is_not_markup(console):
    summary.alerts(console, [ALERT | {"campaign": "[red]sale[/red]"}])
    assert "[red]sale[/red]" in text(console)


def test_only_a_right_to_left_name_is_isolated():
    assert summary.isolated("Acme") == "Acme"
    assert summary.isolated("نخلة هوم") == "\u2068نخلة هوم\u2069"
