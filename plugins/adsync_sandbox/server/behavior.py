"""Settings of the platforms' regular behavior, without faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adsync_sandbox.server.leaky_bucket import Limits

GENEROUS = Limits(bucket=100_000, restore=10_000)


@dataclass(frozen=True)
class Behavior:
    """Settings of all platforms, then of single ones.

    A report is ready after `polls_until_ready` polls. With `short_first_pages` a first page has fewer rows than
    requested, as pages may. `token_seconds` shortens the lifetime of a source's access tokens. After every list,
    `writes_during_paging` orders of WooCommerce and Salla change. A pending Shopify journey is ready after
    `journeys_ready_after` reads (None: never), which does not change updatedAt. A page of Snapchat's stats has
    `snapchat_stats_page` campaigns; an account with more than `snapchat_most_in_breakdown` gets a breakdown with
    empty stats and no error. Each TikTok advertiser has a GMV Max campaign that spends `tiktok_gmv_max` cents a day
    (0: none), beside the generated business. WooCommerce before 5.8 ignores modified_after
    (`woocommerce_knows_modified`).
    The last `woocommerce_saved_while_loaded` orders of a WooCommerce list are saved after the list selected them and
    before it loads them. With `woocommerce_rest_closed` a site's index is for its users only.
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
    woocommerce_saved_while_loaded: int = 0
    woocommerce_rest_closed: bool = False
    tiktok_gmv_max: int = 0
    salla_limits: Limits = GENEROUS
