"""Shopify's search filters: quoted UTC times; an invalid term is ignored without an error."""

from __future__ import annotations

from datetime import datetime

from adsync.ranges import TimeRange


def instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def created_within(time_range: TimeRange) -> str:
    return f"created_at:>='{instant(time_range.since)}' AND created_at:<'{instant(time_range.until)}'"


def updated_within(time_range: TimeRange) -> str:
    return f"updated_at:>='{instant(time_range.since)}' AND updated_at:<'{instant(time_range.until)}'"
