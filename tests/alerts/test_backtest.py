import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from rich.console import Console

from adsync.alerts import backtest
from adsync.cli.app import main

QUESTION = backtest.BacktestRequest("roas_drop", date(2026, 11, 1), Decimal("0.5"), "acme")
FIGURES = (Decimal("1.2"), Decimal(4))
FIRED = [
    backtest.Match(date(2026, 11, 15), "acme", "meta", "c1", *FIGURES, "like_aged", 30, False, True),
    backtest.Match(date(2026, 11, 21), "acme", "meta", "c1", *FIGURES, "matured", 12, True, False),
]


def shown(fired, *, terminal):
    console = Console(file=io.StringIO(), force_terminal=terminal, width=140, color_system=None)
    backtest.show(QUESTION, fired, 21, console)
    return console.file.getvalue()


def test_each_firing_is_one_plain_line_that_says_what_it_was_compared_with():
    assert shown(FIRED, terminal=False).splitlines() == [
        "2026-11-15 acme meta c1 1.20 4.00 30% 30 days like-aged fires",
        "2026-11-21 acme meta c1 1.20 4.00 30% 12 days matured silent",
        "roas_drop with a threshold of 0.5: 2 days of 1 campaigns since 2026-11-01; "
        "the ledger could judge 21 workspace days.",
    ]


def test_on_a_terminal_it_is_a_table():
    text = shown(FIRED, terminal=True)
    assert "roas_drop: what would have fired" in text
    assert "│ 2026-11-15 │" in text


@pytest.mark.parametrize("terminal", [True, False])
def test_a_share_of_nothing_is_a_dash(terminal):
    without = replace(FIRED[0], current=Decimal(50), baseline=Decimal(0))
    [line] = [line for line in shown([without], terminal=terminal).splitlines() if "2026-11-15" in line]
    assert line.replace("│", " ").split()[4:7] == ["50.00", "0.00", "–"]


def test_nothing_fired_is_said_with_how_much_was_looked_at():
    assert shown([], terminal=False) == (
        "roas_drop with a threshold of 0.5: 0 days of 0 campaigns since 2026-11-01; "
        "the ledger could judge 21 workspace days.\n"
    )


def test_before_the_first_build_the_command_says_what_to_do(monkeypatch, warehouse_url, capsys):
    monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", warehouse_url)
    assert main(["alerts", "backtest", "--rule", "roas_drop", "--since", "2026-11-01"]) == 2
    assert "there is no marts.alert_checks yet: let the DAG transform run once" in capsys.readouterr().err


@pytest.mark.parametrize("threshold", ["half", "0", "-1", "NaN"])
def test_a_threshold_that_cannot_be_meant_is_said(capsys, threshold):
    assert main(["alerts", "backtest", "--rule", "roas_drop", "--since", "2026-11-01", f"--threshold={threshold}"]) == 2
    assert "Invalid value for '--threshold': " in capsys.readouterr().err


def test_an_unknown_rule_is_reported_with_the_known_ones(capsys):
    assert main(["alerts", "backtest", "--rule", "roas", "--since", "2026-11-01"]) == 2
    assert "unknown rule 'roas' (expected roas_drop, high_spend_low_conversions, ctr_drop)" in capsys.readouterr().err
