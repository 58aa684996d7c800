"""What a campaign did on a day of its account: the platform's own numbers, claims included.

Claims are not orders: every platform claims a little more than the store sold. Noise stays within a few
per cent, so that nothing but the planted anomalies stands out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from adsync_sandbox.generator.campaigns import Campaign
from adsync_sandbox.generator.chance import PER_MILLE, chance, wobble
from adsync_sandbox.generator.days import ONE_DAY, each_day, elapsed_per_mille, today
from adsync_sandbox.generator.money import exchange
from adsync_sandbox.generator.planted import ANOMALIES, distort
from adsync_sandbox.platforms.spec import ADS

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
    """Every row a platform holds for these campaigns of one account, by day; none where nothing was shown."""
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
    anomaly = ANOMALIES.get((campaign.account.id, campaign.slot))
    return distort(row, anomaly) if anomaly and day == last - ONE_DAY else row


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
