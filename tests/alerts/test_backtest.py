import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from rich.console import Console

from adsync.alerts import backtest
from adsync.cli.app import main

REQUEST = backtest.BacktestRequest("roas_drop", date(2026, 11, 1), Decimal("0.5"), "acme")
FIGURES = (Decimal("1.2"), Decimal(4))
MATCHES = [
    backtest.Match(date(2026, 11, 15), "acme", "meta", "c1", *FIGURES, "like_aged", 30, False, True),
    backtest.Match(date(2026, 11, 21), "acme", "meta", "c1", *FIGURES, "matured", 12, True, False),
]


def shown(matches, *, terminal):
    console = Console(file=io.StringIO(), force_terminal=terminal, width=140, color_system=None)
    backtest.show(REQUEST, matches, 21, console)
    return console.file.getvalue()


def test_each_match_is_one_plain_line_with_its_baseline():
    assert shown(MATCHES, terminal=False).splitlines() == [
        "2026-11-15 acme meta c1 1.20 4.00 30% 30 days like-aged alert",
        "2026-11-21 acme meta c1 1.20 4.00 30% 12 days matured no alert",
        "roas_drop with a threshold of 0.5: 2 days of 1 campaigns since 2026-11-01; 21 workspace days were evaluated.",
    ]


def test_output_on_a_terminal_is_a_table():
    text = shown(MATCHES, terminal=True)
    assert "roas_drop: alerts in the backtest" in text
    assert "│ 2026-11-15 │" in text


@pytest.mark.parametrize("terminal", [True, False])
def test_the_share_of_a_zero_baseline_is_a_dash(terminal):
    without = replace(MATCHES[0], current=Decimal(50), baseline=Decimal(0))
    [line] = [line for line in shown([without], terminal=terminal).splitlines() if "2026-11-15" in line]
    assert line.replace("│", " ").split()[4:7] == ["50.00", "0.00", "–"]


def test_a_backtest_without_matches_reports_the_evaluated_days():
    assert shown([], terminal=False) == (
        "roas_drop with a threshold of 0.5: 0 days of 0 campaigns since 2026-11-01; 21 workspace days were evaluated.\n"
    )


def test_the_command_fails_with_the_remedy_before_the_first_build(monkeypatch, warehouse_url, capsys):
    monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", warehouse_url)
    assert main(["alerts", "backtest", "--rule", "roas_drop", "--since", "2026-11-01"]) == 2
    assert "missing table marts.alert_checks: run the DAG transform once" in capsys.readouterr().err


@pytest.mark.parametrize("threshold", ["half", "0", "-1", "NaN"])
def test_an_invalid_threshold_is_reported(capsys, threshold):
    assert main(["alerts", "backtest", "--rule", "roas_drop", "--since", "2026-11-01", f"--threshold={threshold}"]) == 2
    assert "Invalid value for '--threshold': " in capsys.readouterr().err


def test_an_unknown_rule_is_reported_with_the_known_ones(capsys):
    assert main(["alerts", "backtest", "--rule", "roas", "--since", "2026-11-01"]) == 2
    assert "unknown rule 'roas' (expected roas_drop, high_spend_low_conversions, ctr_drop)" in capsys.readouterr().err
