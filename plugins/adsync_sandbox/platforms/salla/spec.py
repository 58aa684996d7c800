"""Salla: tokens, faults, and its part in the business."""

from __future__ import annotations

from adsync_sandbox.platforms.spec import PlatformSpec, Stores, Tokens

SPEC = PlatformSpec(
    Tokens(seconds=14 * 86_400.0, second_use_ends_all=True),
    frozenset(
        {
            *("rate_limit_reset", "internal_error", "error_inside"),
            *("user_deleted", "user_inactive", "user_unknown", "user_not_activated", "blocked", "poisoned_order"),
        }
    ),
    stores=Stores(),
)
