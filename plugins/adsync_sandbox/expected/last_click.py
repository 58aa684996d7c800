"""Last click in plain Python: the latest touch within seven days before the order that names a campaign.

Later visits that name no campaign are ignored; a touch after the order never counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from adsync_sandbox.expected.matching import Directory, match, tags_of_attributes, tags_of_visit
from adsync_sandbox.expected.revenue_rules import AnyOrder, is_revenue
from adsync_sandbox.generator.ads.campaigns import Campaign
from adsync_sandbox.platforms.registry import SPECS

WINDOW = timedelta(days=7)
NOTHING = timedelta(0)


@dataclass(frozen=True)
class Decision:
    """The campaign an order is attributed to, or none; `how` is the match rule or the reason."""

    campaign: Campaign | None
    how: str


def decide(order: AnyOrder, known: Directory) -> Decision:
    if not is_revenue(order):
        return Decision(None, "not_revenue")
    stores = SPECS[order.store.platform].stores
    if stores and not stores.exposes_source:
        return Decision(None, "platform_does_not_expose")
    if not order.journey.visits:
        tags = tags_of_attributes(order.journey.attributes)
        return Decision(*match(tags, known)) if tags else Decision(None, "no_touch")
    return _latest(order, known)


def _latest(order: AnyOrder, known: Directory) -> Decision:
    candidates, misses = [], []
    for visit in order.journey.visits or ():
        campaign, how = match(tags_of_visit(visit), known)
        ago = order.placed_at - visit.occurred_at
        if campaign is None:
            misses.append(how)
        elif ago < NOTHING:
            misses.append("touch_after_order")
        elif ago > WINDOW:
            misses.append("outside_window")
        else:
            candidates.append((visit.occurred_at, visit.id, campaign, how))
    if not candidates:
        return Decision(None, misses[-1])
    *_, campaign, how = max(candidates, key=lambda one: one[:2])
    return Decision(campaign, how)
