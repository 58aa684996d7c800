"""Anomalies planted on an account's yesterday, and the alerts that must open for them.

Accounts name them by slot in `planted`; `delivery.py` applies them. A campaign that spends without conversions also
earns nothing, so its ROAS drops to zero: two alerts.
"""

from __future__ import annotations

from adsync_sandbox.generator.accounts import AdAccount

# Anomaly: the types of its alerts.
ALERTS = {
    "earns_less": ("roas_drop",),
    "spends_in_vain": ("high_spend_low_conversions", "roas_drop"),
    "clicked_less": ("ctr_drop",),
}


def anomaly_of(account: AdAccount, slot: int) -> str | None:
    """Returns the anomaly planted in a slot, if any."""
    planted = account.planted.get(slot)
    return planted if planted in ALERTS else None
