"""Snapchat's ad accounts: one in each workspace, and the names of their campaigns."""

# Dashes and Arabic-Indic digits are what real names are full of.
# ruff: noqa: RUF001

from __future__ import annotations

from adsync_sandbox.generator.accounts import DUBAI, NEW_YORK, RIYADH, AdAccount

STANDING = (
    "سناب | {ar} | عطور",
    "Snap Story Ads – {en}",
    "إعلانات القصص - {ar}",
    "Snap Retargeting | {en}",
    "فلتر المواسم ✨ {ar}",
    "Snap Lookalike 3% – {en}",
    "سناب شات – هدايا ٢٠٢٦",
    "Snap Reach {en} 🟡",
)
FLIGHTS = (
    "سناب أسبوع {n}",
    "Snap Drop {n} – {en}",
    "عدسة الموسم | {n}",
)

ACCOUNTS = (
    AdAccount(
        *("snapchat", "8adc3db7-8148-4fbf-999c-8d2266369d01", "acme", 3, "Acme Snap", "SAR", RIYADH, STANDING, FLIGHTS),
    ),
    AdAccount(
        *("snapchat", "5f0c6a52-17de-4b7a-8a55-aa10b7c9d002", "nakhla", 3, "Nakhla Snap", "USD", DUBAI),
        *(STANDING, FLIGHTS),
    ),
    # Its days have 23, 24 or 25 hours.
    AdAccount(
        *("snapchat", "c55a8f6e-92e1-4a0e-9d0f-2f1f6f1e2a03", "juniper", 3, "Juniper Snap", "USD", NEW_YORK),
        *(STANDING, FLIGHTS),
    ),
)
