"""The local day of a time zone, and how much of it has passed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from adsync_sandbox.generator.chance import PER_MILLE

ONE_DAY = timedelta(days=1)


def today(timezone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(timezone)).date()


def elapsed_per_mille(timezone: str, now: datetime) -> int:
    """Returns the thousandths of the local day that have passed, by local clock time."""
    local = now.astimezone(ZoneInfo(timezone))
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return seconds * PER_MILLE // 86_400


def each_day(first: date, last: date) -> list[date]:
    """Returns the days from `first` to `last`, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
