"""WooCommerce: tokens, faults, and its part in the business."""

from __future__ import annotations

from adsync_sandbox.platforms.spec import PlatformSpec, Stores, Tokens

SPEC = PlatformSpec(
    Tokens(key=True),
    frozenset(
        {
            *("redirect_to_login", "firewall", "no_route", "dirty_json", "poisoned_order"),
            *("headers_stripped", "numbers_for_texts", "unstamped_change"),
        }
    ),
    stores=Stores(),
)
