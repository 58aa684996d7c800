"""The metrics of a campaign on a day of its account, as the platform reports them, claims included.

Claims are not orders: each platform claims a little more than the store sold. Noise stays within a few percent, so
only the planted anomalies stand out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from adsync_sandbox.generator.ads.anomalies import anomaly_of
from adsync_sandbox.generator.ads.campaigns import Campaign
from adsync_sandbox.generator.chance import PER_MILLE, chance, wobble
from adsync_sandbox.generator.days import ONE_DAY, each_day, elapsed_per_mille, today
from adsync_sandbox.generator.money import exchange
from adsync_sandbox.platforms.registry import ADS

NOISE = 70
USUAL_ORDER = 8_500
WEEKDAY = (980, 970, 990, 1030, 1060, 1020, 960)


@dataclass(frozen=True)
class Delivery:
    """One campaign on one day; money in cents of the account."""

    campaign: Campaign
    date: date
    impressions: int
    clicks: int
    link_clicks: int
    spend: int
    conversions: int
    revenue: int


def deliveries(seed: int, campaigns: tuple[Campaign, ...], first: date, now: datetime) -> tuple[Delivery, ...]:
    """Returns the rows a platform has for these campaigns of one account, by day; none for days without delivery."""
    zone = campaigns[0].account.timezone
    last = today(zone, now)
    rows = (_row(seed, campaign, day, last, now) for day in each_day(first, last) for campaign in campaigns)
    return tuple(row for row in rows if row and row.impressions)


def _row(seed: int, campaign: Campaign, day: date, last: date, now: datetime) -> Delivery | None:
    if not campaign.runs_on(day) or campaign.goal == "never_shown" or campaign.start == day == last:
        return None
    row = _whole_day(seed, campaign, day)
    if day == last:
        return _so_far(row, elapsed_per_mille(campaign.account.timezone, now))
    anomaly = anomaly_of(campaign.account, campaign.slot)
    return apply_anomaly(row, anomaly) if anomaly and day == last - ONE_DAY else row


def _whole_day(seed: int, campaign: Campaign, day: date) -> Delivery:
    rng = chance(seed, campaign.id, day)
    spend = wobble(rng, campaign.daily_spend, NOISE) * WEEKDAY[day.weekday()] // PER_MILLE
    impressions = wobble(rng, spend * 1000 // campaign.cpm, NOISE)
    clicks = wobble(rng, impressions * campaign.clicks_per_100k // 100_000, NOISE)
    revenue = wobble(rng, spend * campaign.roas_per_mille // PER_MILLE, NOISE)
    revenue = revenue * ADS[campaign.account.platform].overclaim // PER_MILLE
    order = exchange(USUAL_ORDER, "USD", campaign.account.currency)
    conversions = max(1, (revenue + order // 2) // order)
    if campaign.goal == "awareness":
        conversions = revenue = 0
    return Delivery(campaign, day, impressions, clicks, clicks * 80 // 100, spend, conversions, revenue)


def _so_far(row: Delivery, per_mille: int) -> Delivery:
    conversions = row.conversions * per_mille // PER_MILLE
    return replace(
        row,
        impressions=row.impressions * per_mille // PER_MILLE,
        clicks=row.clicks * per_mille // PER_MILLE,
        link_clicks=row.link_clicks * per_mille // PER_MILLE,
        spend=row.spend * per_mille // PER_MILLE,
        conversions=conversions,
        revenue=row.revenue * per_mille // PER_MILLE if conversions else 0,
    )


def apply_anomaly(day: Delivery, anomaly: str) -> Delivery:
    if anomaly == "earns_less":
        return replace(day, conversions=max(1, day.conversions * 40 // 100), revenue=day.revenue * 40 // 100)
    if anomaly == "spends_in_vain":
        return replace(day, spend=day.spend * 22 // 10, conversions=0, revenue=0)
    return replace(day, clicks=day.clicks * 40 // 100, link_clicks=day.link_clicks * 40 // 100)
