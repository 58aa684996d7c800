"""A campaign's days in Snapchat's format: micros, JSON numbers, local times with their offset.

Keys without data are absent: a campaign with the objective reach has no purchases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from adsync_sandbox.generator.ads.delivery import Delivery

MICROS_PER_CENT = 10_000
FINAL_AFTER = timedelta(hours=48)

Stats = dict[str, int | float]


def _purchase(read: Callable[[Delivery], int]) -> Callable[[Delivery], int | None]:
    return lambda row: None if row.campaign.goal == "awareness" else read(row)


STATS: dict[str, Callable[[Delivery], int | None]] = {
    "impressions": lambda row: row.impressions,
    "swipes": lambda row: row.clicks,
    "spend": lambda row: row.spend * MICROS_PER_CENT,
    "video_views": lambda row: row.impressions * 6 // 10,
    "screen_time_millis": lambda row: row.impressions * 2_100,
    "conversion_purchases": _purchase(lambda row: row.conversions),
    "conversion_purchases_value": _purchase(lambda row: row.revenue * MICROS_PER_CENT),
    "conversion_add_cart": _purchase(lambda row: row.conversions * 4),
    "conversion_start_checkout": _purchase(lambda row: row.conversions * 2),
    "conversion_page_views": lambda row: row.clicks * 8 // 10,
    "conversion_sign_ups": lambda _row: None,
}


def stats(rows: Iterable[Delivery], fields: Iterable[str]) -> Stats:
    """Returns the sums of the requested fields over some days."""
    found: Stats = {}
    for row in rows:
        for name in fields:
            if (value := STATS[name](row)) is not None:
                found[name] = found.get(name, 0) + value
    return found


def nothing(fields: Iterable[str]) -> Stats:
    """Returns the stats of a day without delivery, for requests that include such days."""
    return {name: 0 for name in fields if not name.startswith("conversion_")}


def midnight(day: date, zone: str) -> str:
    """Returns local midnight in Snapchat's format, with milliseconds and that day's offset."""
    return datetime.combine(day, time(), ZoneInfo(zone)).isoformat(timespec="milliseconds")


def days(
    rows: Mapping[date, Iterable[Delivery]], every: Iterable[date], zone: str, fields: tuple[str, ...], omit: bool
) -> list[dict[str, object]]:
    """Returns a time series; days without delivery are zero or, on request, omitted."""
    found = []
    for day in every:
        if day in rows or not omit:
            counted = stats(rows[day], fields) if day in rows else nothing(fields)
            times = {"start_time": midnight(day, zone), "end_time": midnight(day + timedelta(days=1), zone)}
            found.append({**times, "stats": counted})
    return found


def finality(now: datetime, zone: str) -> dict[str, str]:
    """Returns until when delivery is final and until when conversions are processed."""
    local = now.astimezone(ZoneInfo(zone))
    hour = local.replace(minute=0, second=0, microsecond=0)
    return {
        "finalized_data_end_time": midnight((local - FINAL_AFTER).date(), zone),
        "conversion_data_processed_end_time": hour.isoformat(timespec="milliseconds"),
    }
