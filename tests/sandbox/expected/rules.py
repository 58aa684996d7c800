"""The alert rules of the contract once more, small and plain, to hold the key against."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from fractions import Fraction

from adsync_sandbox.expected.key import claims
from adsync_sandbox.generator.accounts import workspace
from adsync_sandbox.generator.money import PER_USD


def alerts(world) -> set[tuple[str, str, str, str, str]]:
    return {found for account in world.ad_accounts for found in _alerts_of(world, account)}


def silent_campaigns(world) -> set[tuple[str, str, str]]:
    """Active campaigns without a row on their account's yesterday."""
    found = set()
    for account in world.ad_accounts:
        yesterday = world.today(account.timezone) - timedelta(days=1)
        shown = {row.campaign.id for row in world.deliveries(account.id) if row.date == yesterday}
        active = {one.id for one in world.campaigns(account.id) if one.status == "active"}
        found |= {(account.workspace_id, campaign_id, yesterday.isoformat()) for campaign_id in active - shown}
    return found


def _alerts_of(world, account):
    yesterday = world.today(account.timezone) - timedelta(days=1)
    days = defaultdict(dict)
    for row in world.deliveries(account.id):
        days[row.campaign.id][row.date] = row
    for campaign_id, rows in days.items():
        baseline = [row for day, row in rows.items() if timedelta() < yesterday - day <= timedelta(days=30)]
        if yesterday in rows and len(baseline) >= 7:
            for kind in _kinds(rows[yesterday], baseline, account):
                yield account.workspace_id, account.platform, campaign_id, yesterday.isoformat(), kind


def _kinds(row, baseline, account):
    conversions, revenue = claims(row)
    spend = sum(one.spend for one in baseline)
    claimed = [claims(one) for one in baseline]
    reporting = Fraction(row.spend, 100) * Fraction(PER_USD[workspace(account.workspace_id).currency])
    usual = Fraction(sum(cents for _, cents in claimed), spend)
    if Fraction(revenue, row.spend) < Fraction(7, 10) * usual and reporting / Fraction(PER_USD[account.currency]) > 100:
        yield "roas_drop"
    fewer = conversions < Fraction(1, 2) * Fraction(sum(count for count, _ in claimed), len(baseline))
    if row.spend > Fraction(3, 2) * Fraction(spend, len(baseline)) and fewer:
        yield "high_spend_low_conversions"
    usual = Fraction(sum(one.clicks for one in baseline), sum(one.impressions for one in baseline))
    if Fraction(row.clicks, row.impressions) < Fraction(1, 2) * usual:
        yield "ctr_drop"
