"""Rows of a TikTok report: values are strings, "-" means not applicable (sheet, sections 3a and 3b)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from adsync_sandbox.generator.ads.delivery import Delivery
from adsync_sandbox.generator.money import amount

DIMENSIONS = ["campaign_id", "stat_time_day"]
CENT = Decimal("0.01")
NOT_AVAILABLE = "-"
TITLES = {"campaign_id": "Campaign ID", "stat_time_day": "By Day", "spend": "Cost", "campaign_name": "Campaign name"}


def _share(above: int | Decimal, below: int) -> str:
    return str((Decimal(above) / below).quantize(CENT)) if below else "0"


def _purchase(read: Callable[[Delivery], str]) -> Callable[[Delivery], str]:
    """Returns a purchase metric, "-" if purchases are not the campaign's objective."""
    return lambda row: NOT_AVAILABLE if row.campaign.goal == "awareness" else read(row)


METRICS: dict[str, Callable[[Delivery], str]] = {
    "spend": lambda row: amount(row.spend),
    "impressions": lambda row: str(row.impressions),
    "clicks": lambda row: str(row.clicks),
    "ctr": lambda row: _share(100 * row.clicks, row.impressions),
    "cpc": lambda row: _share(Decimal(row.spend) / 100, row.clicks),
    "cpm": lambda row: _share(Decimal(row.spend) * 10, row.impressions),
    # The ad's own optimization event, not purchases: clicks for awareness, add-to-carts for sales.
    "conversion": lambda row: str(row.conversions * 3 if row.conversions else row.clicks // 10),
    "complete_payment": _purchase(lambda row: str(row.conversions)),
    "total_complete_payment_rate": _purchase(lambda row: amount(row.revenue)),
    "complete_payment_roas": _purchase(lambda row: _share(row.revenue, row.spend)),
    "complete_payment_rate": _purchase(lambda row: _share(100 * row.conversions, row.clicks)),
    "cost_per_complete_payment": _purchase(lambda row: _share(Decimal(row.spend) / 100, row.conversions)),
    "result": lambda _row: NOT_AVAILABLE,
    "campaign_name": lambda row: row.campaign.name,
    "currency": lambda row: row.campaign.account.currency,
}
DEFAULT_METRICS = ("spend", "impressions")


@dataclass(frozen=True)
class Filters:
    """The conditions of `filtering`."""

    campaign_ids: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    def keeps(self, row: Delivery) -> bool:
        if self.campaign_ids and row.campaign.id not in self.campaign_ids:
            return False
        return "STATUS_ALL" in self.statuses or row.campaign.status != "deleted"


def _stat_time(row: Delivery) -> str:
    return f"{row.date} 00:00:00"


def written(row: Delivery, metrics: Iterable[str]) -> dict[str, dict[str, str]]:
    return {
        "dimensions": {"campaign_id": row.campaign.id, "stat_time_day": _stat_time(row)},
        "metrics": {name: METRICS[name](row) for name in metrics},
    }


def as_csv(rows: Iterable[Delivery], metrics: list[str], *, translated: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [*DIMENSIONS, *metrics]
    writer.writerow([TITLES.get(name, name.replace("_", " ").title()) for name in names] if translated else names)
    writer.writerows([row.campaign.id, _stat_time(row), *(METRICS[name](row) for name in metrics)] for row in rows)
    return text.getvalue()
