"""TikTok's advertisers: one in each workspace, and the names of their campaigns."""

# Dashes and Arabic-Indic digits are what real names are full of.
# ruff: noqa: RUF001

from __future__ import annotations

from adsync_sandbox.generator.accounts import DUBAI, RIYADH, AdAccount

STANDING = (
    "Dates and Honey — Video Views",
    "تمور وعسل | فيديو",
    "{en} Store Visits",
    "زوار المعرض – {ar}",
    "Creator Collab 🌙 Vol. 2",
    "صناع المحتوى | الجزء 2",
    "Best Sellers — {en} — Broad",
    "الأكثر مبيعا – {ar}",
)
FLIGHTS = (
    "Clearance | Round {n}",
    "تصفية {ar} | الجولة {n}",
    "Test {n}, Hook A",
)
AUTOMATIC = {"report_mode": "auto"}

ACCOUNTS = (
    AdAccount(
        *("tiktok", "7000000000000000001", "acme", 2, "Acme TikTok", "USD", RIYADH, STANDING, FLIGHTS),
        shared_names={2: "White Friday | الجمعة البيضاء"},
        options=AUTOMATIC,
    ),
    AdAccount(
        *("tiktok", "7000000000000000002", "nakhla", 2, "Nakhla TikTok", "AED", DUBAI, STANDING, FLIGHTS),
        shared_names={3: "حملة دائمة - مبيعات"},
        planted={1: "spends_in_vain"},
        options=AUTOMATIC,
    ),
    # POSIX sign: Etc/GMT+5 is five hours behind UTC, all year round.
    AdAccount(
        *("tiktok", "7000000000000000003", "juniper", 2, "Juniper TikTok", "USD", "Etc/GMT+5", STANDING, FLIGHTS),
        shared_names={5: "Always On — Retargeting"},
        options=AUTOMATIC,
        may_run_tasks=False,
    ),
)
