"""Snapchat, as the sheet has it."""

from __future__ import annotations

from adsync_sandbox.platforms.spec import Ads, Facts, Tokens

FACTS = Facts(
    Tokens(seconds=3600.0, reusable=True, side_by_side=True),
    frozenset({"rate_limit_reset", "error_inside", "partial_success", "empty_breakdown"}),
    Ads(
        sources=("snapchat", "Snapchat", "snapads", "snap"),
        words=frozenset({"snapchat", "snap", "sc", "snapads"}),
        click_id="ScCid",
        overclaim=1150,
        # The smaller channel here.
        share=450,
        lists_deleted=False,
    ),
)
