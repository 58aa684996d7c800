"""Shopify: tokens, faults, and its part in the business."""

from __future__ import annotations

from adsync_sandbox.platforms.spec import PlatformSpec, Stores, Tokens

SPEC = PlatformSpec(
    # A custom app's token never expires.
    Tokens(seconds=3600.0, only_in="juniper", forgiving=True),
    frozenset(
        {"internal_error", "shop_frozen", "poisoned_order", "partial_success", "bulk_failed", "bulk_short", "old_token"}
    ),
    stores=Stores(large=True),
)
