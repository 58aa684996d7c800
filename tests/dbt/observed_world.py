"""A business that was synced from its start, so that observations show how each day grew; "now" is small_world's.

Each day of each campaign is reported three times: at noon, six hours and thirty hours after its end, when the last
purchases are in. Days are in Riyadh's time zone, and equal except for those that the constants name.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
from raw_rows import Account, Load

META = Account("meta", "905")
FIRST, LAST = date(2026, 9, 20), date(2026, 11, 21)
CAMPAIGNS = tuple(f"12021000000000000{n}" for n in range(4))
STEADY, FALLEN, SLOW, GONE = CAMPAIGNS
# At an age of one day it had half of the usual revenue; the rest came late.
SLOW_DAY = date(2026, 11, 15)
# The day that the platform withdraws two days later.
GONE_DAY = date(2026, 11, 10)


def load(db: psycopg.Connection) -> None:
    run = Load(db)
    run.workspace("dune", "SAR", "Asia/Riyadh")
    run.account("dune", META, "SAR", "Asia/Riyadh")
    run.synced(META, (FIRST, LAST + timedelta(days=1)), ended(LAST) + timedelta(hours=6))
    for back in range((LAST - FIRST).days, -1, -1):
        for campaign in CAMPAIGNS:
            _tell(db, campaign, LAST - timedelta(days=back))
    Load(db, ended(GONE_DAY) + timedelta(hours=48)).withdraw(META, GONE, GONE_DAY)


def ended(day: date) -> datetime:
    """Midnight in Riyadh."""
    return datetime(day.year, day.month, day.day, 21, tzinfo=UTC)


def _tell(db: psycopg.Connection, campaign: str, day: date) -> None:
    young = {(FALLEN, LAST): 60, (SLOW, SLOW_DAY): 100}.get((campaign, day), 200)
    _say(db, campaign, day, -12, (70, 0))
    _say(db, campaign, day, 6, (150, young))
    if day < LAST:
        _say(db, campaign, day, 30, (150, 600))


def _say(db: psycopg.Connection, campaign: str, day: date, hours: int, figures: tuple[int, int]) -> None:
    spend, revenue = figures
    row = {"spend": spend, "impressions": 1000, "clicks": 20, "purchases": {"purchase": (revenue // 50, revenue)}}
    Load(db, ended(day) + timedelta(hours=hours)).metrics(META, campaign, day, currency="SAR", **row)
