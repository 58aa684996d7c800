"""The anomalies put in on purpose, each on its account's own yesterday, and what the rules make of them.

The campaign that spends without converting earns nothing, so its ROAS falls to zero as well: two alerts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adsync_sandbox.generator.delivery import Delivery

# (account, slot) of a standing campaign: what happens to it yesterday.
ANOMALIES = {
    ("901234567890", 0): "earns_less",
    ("7000000000000000002", 1): "spends_in_vain",
    ("903456789012", 0): "clicked_less",
}

# A campaign switched on that has never been shown to anybody.
SILENT = ("902345678901", 7)

ALERTS = {
    "earns_less": ("roas_drop",),
    "spends_in_vain": ("high_spend_low_conversions", "roas_drop"),
    "clicked_less": ("ctr_drop",),
}


def distort(day: Delivery, anomaly: str) -> Delivery:
    """The same day, gone wrong."""
    if anomaly == "earns_less":
        return replace(day, conversions=max(1, day.conversions * 40 // 100), revenue=day.revenue * 40 // 100)
    if anomaly == "spends_in_vain":
        return replace(day, spend=day.spend * 22 // 10, conversions=0, revenue=0)
    return replace(day, clicks=day.clicks * 40 // 100, link_clicks=day.link_clicks * 40 // 100)
