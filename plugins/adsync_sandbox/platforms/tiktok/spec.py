"""TikTok: tokens, faults, and its part in the business."""

from __future__ import annotations

from adsync_sandbox.platforms.spec import Ads, PlatformSpec, Tokens

SPEC = PlatformSpec(
    Tokens(),
    frozenset(
        {
            "internal_error",
            "partial_success",
            "incomplete",
            "query_too_large",
            "too_frequent",
            "undocumented_shape",
            "hidden_campaigns",
        }
    ),
    Ads(
        sources=("tiktok", "TikTok", "tiktokads"),
        words=frozenset({"tiktok", "tiktokads", "tt"}),
        click_id="ttclid",
        overclaim=1120,
        campaign_ids="18",
        child_ids="17",
    ),
)
