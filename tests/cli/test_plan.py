"""The estimate as a table on a terminal and as plain lines elsewhere."""

from __future__ import annotations

import io
from datetime import date

from rich.console import Console

from adsync.cli.plan import show
from adsync.models import Account, RateLimit
from adsync.planning.estimate import AccountEstimate, StreamEstimate
from adsync.sources.base import Source

SOURCE = Source("meta", "ad_account", None, None, None, None, (), rate_limits=(RateLimit("app", 600, 60),))
ACCOUNT = Account("acme", "meta", "1", "meta_acme")
DAYS = (date(2026, 10, 24), date(2026, 11, 22))
STREAMS = (StreamEstimate("accounts", None, None, 1, 1, 1), StreamEstimate("campaign_metrics", *DAYS, 1, 15_000, 599))


def shown(*estimates, terminal=False):
    text = io.StringIO()
    show(SOURCE, estimates, Console(file=text, force_terminal=terminal, width=140, highlight=False))
    return text.getvalue()


def test_output_outside_a_terminal_is_plain_lines():
    assert shown(AccountEstimate(ACCOUNT, STREAMS, "counted")).splitlines() == [
        "meta 1 (acme) accounts: 1 rows, 1 calls",
        "meta 1 (acme) campaign_metrics: 2026-10-24 to 2026-11-22, 1 chunks, 15,000 rows, 599 calls",
        "meta 1 (acme): 600 calls, 1.0 minutes, 15,001 rows, 1.67 % of the hour's budget; counted",
        "meta, 1 accounts: 600 calls, 1.0 minutes, 15,001 rows, 1.67 % of the hour's budget",
    ]


def test_an_unknown_stream_makes_the_total_a_lower_bound():
    lines = shown(AccountEstimate(ACCOUNT, (*STREAMS, StreamEstimate("orders", *DAYS, 1, None, None)))).splitlines()
    assert lines[2].endswith("orders: 2026-10-24 to 2026-11-22, 1 chunks, ? rows, ? calls")
    assert "at least 600 calls" in lines[-1]


def test_output_on_a_terminal_is_a_table():
    text = shown(AccountEstimate(ACCOUNT, STREAMS, "counted"), terminal=True)
    assert "meta: estimate of a sync now" in text
    assert "15,001" in text
    assert "meta 1 (acme): counted" in text
