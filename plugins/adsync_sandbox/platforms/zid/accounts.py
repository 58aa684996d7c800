"""Zid's store."""

from __future__ import annotations

from adsync_sandbox.generator.accounts import RIYADH, Store

ACCOUNTS = (Store("zid", "394106", "nakhla", 5, "نخلة هوم", "SAR", RIYADH, "SAR"),)
