"""Meta: tokens, faults, and its part in the business."""

from __future__ import annotations

from adsync_sandbox.platforms.spec import Ads, PlatformSpec, Tokens

SPEC = PlatformSpec(
    # A system user's token never expires.
    Tokens(seconds=60 * 86_400.0, only_in="juniper", side_by_side=True),
    frozenset(
        {
            "internal_error",
            "undocumented_shape",
            "hidden_campaigns",
            "not_replicated",
            "usage_in_minutes",
            "usage_in_seconds",
            "job_skipped",
            "job_too_large",
            "missing_permissions",
            "two_errors",
        }
    ),
    Ads(
        sources=("facebook", "fb", "ig", "Instagram"),
        words=frozenset({"facebook", "fb", "ig", "insta", "instagram", "meta", "fbads"}),
        click_id="fbclid",
        stray=True,
        overclaim=1180,
        referrer="https://l.facebook.com/",
        campaign_ids="1202",
        child_ids="1203",
    ),
)
