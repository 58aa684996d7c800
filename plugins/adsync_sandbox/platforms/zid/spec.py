"""Zid: tokens, faults, and its part in the business."""

from __future__ import annotations

from adsync_sandbox.platforms.spec import PlatformSpec, Stores, Tokens

SPEC = PlatformSpec(
    Tokens(seconds=365 * 86_400.0),
    frozenset({"redirect_to_login", "poisoned_order"}),
    stores=Stores(exposes_source=False),
)
