"""Snapchat: tokens, faults, and its part in the business."""

from __future__ import annotations

from adsync_sandbox.platforms.spec import Ads, PlatformSpec, Tokens

SPEC = PlatformSpec(
    Tokens(seconds=3600.0, reusable=True, side_by_side=True),
    frozenset(
        {
            "rate_limit_reset",
            "error_inside",
            "partial_success",
            "empty_breakdown",
            "invalid_scope",
            "server_message",
            "undocumented_shape",
        }
    ),
    Ads(
        sources=("snapchat", "Snapchat", "snapads", "snap"),
        words=frozenset({"snapchat", "snap", "sc", "snapads"}),
        click_id="ScCid",
        overclaim=1150,
        # A smaller channel than the others.
        share=450,
        lists_deleted=False,
        large_store_weight=0,
        small_store_weight=6,
    ),
)
