"""Salla's store."""

from __future__ import annotations

from adsync_sandbox.generator.accounts import RIYADH, Store

ACCOUNTS = (Store("salla", "1305146709", "acme", 4, "متجر أكمي", "SAR", RIYADH, "SAR"),)
