"""Insights rows: deliveries summed per campaign or account and span of days, in Meta's format.

All values are strings, empty keys are absent, and action types overlap (sheet, section 3b).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.generator.ads.campaigns import Campaign
from adsync_sandbox.generator.ads.delivery import Delivery
from adsync_sandbox.generator.money import amount

SIX_PLACES = Decimal("0.000001")
PIXEL = "offsite_conversion.fb_pixel_purchase"
SEEN_BY_PIXEL = 90
OVERLAPPING = ("omni_purchase", "purchase", "onsite_web_purchase")

# (action type, count, cents)
Action = tuple[str, int, int]


@dataclass(frozen=True)
class InsightsRow:
    """A span of days, both ends inclusive; `campaign` is None at account level."""

    account: AdAccount
    campaign: Campaign | None
    since: date
    until: date
    parts: tuple[Delivery, ...]

    def total(self, name: str) -> int:
        return sum(getattr(part, name) for part in self.parts)


def ratio(above: int | Decimal, below: int) -> str | None:
    return str((Decimal(above) / below).quantize(SIX_PLACES)) if below else None


def _purchases(parts: Iterable[Delivery]) -> list[Action]:
    counts: dict[str, list[int]] = {}
    for part in parts:
        for kind, count, cents in _purchases_of(part):
            entry = counts.setdefault(kind, [0, 0])
            entry[0] += count
            entry[1] += cents
    return [(kind, count, cents) for kind, (count, cents) in counts.items()]


def _purchases_of(part: Delivery) -> list[Action]:
    if not part.conversions:
        return []
    if part.campaign.goal == "pixel_only":
        return [(PIXEL, part.conversions, part.revenue)]
    kinds = OVERLAPPING if part.campaign.account.reports_omni_purchase else OVERLAPPING[1:]
    seen = max(1, part.conversions * SEEN_BY_PIXEL // 100)
    whole = [(kind, part.conversions, part.revenue) for kind in kinds]
    return [*whole, (PIXEL, seen, part.revenue * seen // part.conversions)]


def actions(row: InsightsRow) -> list[dict[str, str]] | None:
    """Returns counts by action type; None if there are none."""
    clicks = row.total("link_clicks")
    found = [("link_click", clicks, 0), ("landing_page_view", clicks * 7 // 10, 0), *_purchases(row.parts)]
    return [{"action_type": kind, "value": str(count)} for kind, count, _ in found if count] or None


def action_values(row: InsightsRow) -> list[dict[str, str]] | None:
    """Returns money by action type without trailing zeros; None if there is none."""
    found = _purchases(row.parts)
    return [{"action_type": kind, "value": _trimmed(cents)} for kind, _, cents in found if cents] or None


def roas(row: InsightsRow, *, website: bool) -> list[dict[str, str]] | None:
    """Returns money by action type over spend, in two lists: seen by the pixel, and the rest."""
    found = [(kind, cents) for kind, _, cents in _purchases(row.parts) if (kind == PIXEL) is website]
    shares = {kind: ratio(cents, row.total("spend")) for kind, cents in found if cents}
    return [{"action_type": kind, "value": share} for kind, share in shares.items() if share] or None


def _trimmed(cents: int) -> str:
    return amount(cents).rstrip("0").rstrip(".")


def _of_campaign(read: Callable[[Campaign], str]) -> Callable[[InsightsRow], str | None]:
    return lambda row: read(row.campaign) if row.campaign else None


def _total(name: str) -> Callable[[InsightsRow], str]:
    return lambda row: str(row.total(name))


def objective(campaign: Campaign) -> str:
    return "OUTCOME_AWARENESS" if campaign.goal == "awareness" else "OUTCOME_SALES"


FIELDS: dict[str, Callable[[InsightsRow], object]] = {
    "account_id": lambda row: row.account.id,
    "account_name": lambda row: row.account.name,
    "account_currency": lambda row: row.account.currency,
    "campaign_id": _of_campaign(lambda campaign: campaign.id),
    "campaign_name": _of_campaign(lambda campaign: campaign.name),
    "objective": _of_campaign(objective),
    "impressions": _total("impressions"),
    "reach": lambda row: str(row.total("impressions") * 8 // 10),
    "clicks": _total("clicks"),
    "inline_link_clicks": lambda row: str(row.total("link_clicks")) if row.total("link_clicks") else None,
    "spend": lambda row: amount(row.total("spend")),
    "ctr": lambda row: ratio(100 * row.total("clicks"), row.total("impressions")),
    "cpc": lambda row: ratio(Decimal(row.total("spend")) / 100, row.total("clicks")),
    "cpm": lambda row: ratio(Decimal(row.total("spend")) * 10, row.total("impressions")),
    "actions": actions,
    "action_values": action_values,
    "purchase_roas": partial(roas, website=False),
    "website_purchase_roas": partial(roas, website=True),
    "date_start": lambda row: row.since.isoformat(),
    "date_stop": lambda row: row.until.isoformat(),
}
ALWAYS = ("date_start", "date_stop")
DEFAULT = ("impressions", "spend")


def written(row: InsightsRow, fields: Iterable[str]) -> dict[str, object]:
    """Returns the row with the requested fields and its dates."""
    values = {name: FIELDS[name](row) for name in (*fields, *ALWAYS)}
    return {name: value for name, value in values.items() if value is not None}
