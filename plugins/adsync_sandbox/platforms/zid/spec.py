"""Zid, as the sheet has it."""

from __future__ import annotations

from adsync_sandbox.platforms.spec import Facts, Tokens

FACTS = Facts(Tokens(seconds=365 * 86_400.0), frozenset({"redirect_to_login", "poisoned_order"}))
