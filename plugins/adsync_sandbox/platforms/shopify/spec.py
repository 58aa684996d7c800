"""Shopify, as the sheet has it."""

from __future__ import annotations

from adsync_sandbox.platforms.spec import Facts, Tokens

FACTS = Facts(
    # A custom app's token never ends.
    Tokens(seconds=3600.0, only_in="juniper", forgiving=True),
    frozenset({"internal_error", "shop_frozen", "poisoned_order", "partial_success", "bulk_failed", "bulk_short"}),
)
