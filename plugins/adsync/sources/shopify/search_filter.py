"""Shopify's search texts: full UTC instants, in quotes; a term that it does not understand is ignored, not refused."""

from __future__ import annotations

from datetime import datetime

from adsync.ranges import TimeRange


def instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def updated_within(time_range: TimeRange) -> str:
    return f"updated_at:>='{instant(time_range.since)}' AND updated_at:<'{instant(time_range.until)}'"
