"""How the platforms carry themselves when nothing is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adsync_sandbox.server.leaky_bucket import Limits

GENEROUS = Limits(bucket=100_000, restore=10_000)


@dataclass(frozen=True)
class Behavior:
    """Of all platforms, then of one.

    `polls_until_ready` is how often a report is looked at before it is ready; with `short_first_pages` a first page
    holds less than was asked, as pages may. `token_seconds` shortens the life of a source's access tokens;
    `writes_during_paging` orders of WooCommerce and Salla change after every list; `journeys_ready_after` is how often
    an unready Shopify journey is read before it is ready (None: never), which moves no updatedAt. A page of Snapchat's
    stats holds `snapchat_stats_page` campaigns, and an account of more than `snapchat_most_in_breakdown` gets a
    breakdown whose stats are silently empty. WooCommerce before 5.8 knows no modified_after and ignores it.
    """

    polls_until_ready: int = 2
    short_first_pages: bool = True
    shopify_limits: Limits = field(default_factory=Limits)
    token_seconds: Mapping[str, float] = field(default_factory=dict)
    writes_during_paging: int = 0
    journeys_ready_after: int | None = None
    read_all_orders: bool = True
    snapchat_stats_page: int = 1000
    snapchat_most_in_breakdown: int | None = None
    woocommerce_knows_modified: bool = True
    salla_limits: Limits = GENEROUS
