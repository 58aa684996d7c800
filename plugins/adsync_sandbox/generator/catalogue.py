"""Campaign names: Arabic, English, dashes, emoji, a percent sign, commas, and a few shared on purpose.

Within a workspace a name is unique after normalisation, except for the names in SHARED.
"""

# Dashes and Arabic-Indic digits are what real names are full of, and what this file is for.
# ruff: noqa: RUF001

from __future__ import annotations

from adsync_sandbox.generator.accounts import AdAccount, workspace

STANDING = 8
ROTATING = 3

EVERGREEN = (
    "Oud Oils | {en} | Prospecting",
    "حملة {ar} – عطور العود",
    "Bakhoor Burners - {en}",
    "Coffee Cups – Lookalike 1%",
    "قهوة الصباح | {ar} | جمهور مشابه",
    "{en} Weekend Picks",
    "تخفيضات ٥٠٪ على الأواني – {ar}",
    "Brand Film 🔥 {en}",
    "Linen, Cushions and Throws — Retargeting",
    "مفارش الكتان - إعادة استهداف",
    "Summer Sale 50% Off | {en}",
    "عروض نهاية الأسبوع ✨ {ar}",
    "Gift Boxes 🎁 Broad",
    "هدايا العيد | نساء 25-44",
    "New Arrivals / {en} / Catalogue",
    "وصل حديثا – كتالوج {ar}",
    "Dates and Honey — Video Views",
    "تمور وعسل | فيديو",
    "{en} Store Visits",
    "زوار المعرض – {ar}",
    "Creator Collab 🌙 Vol. 2",
    "صناع المحتوى | الجزء 2",
    "Best Sellers — {en} — Broad",
    "الأكثر مبيعا – {ar}",
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
    "Flash Week {n}",
    "أسبوع التخفيضات {n}",
    "Pay Day – {n} – {en}",
    "عرض منتصف الشهر – {n}",
    "Creator Drop 🔥 {n}",
    "إطلاق المجموعة {n}",
    "Clearance | Round {n}",
    "تصفية {ar} | الجولة {n}",
    "Test {n}, Hook A",
    "سناب أسبوع {n}",
    "Snap Drop {n} – {en}",
    "عدسة الموسم | {n}",
)

# Two workspaces, two platforms, two accounts of one platform.
SHARED = {
    ("acme", 0, 4): "Evergreen Prospecting",
    ("juniper", 0, 4): "Evergreen Prospecting",
    ("acme", 0, 2): "White Friday | الجمعة البيضاء",
    ("acme", 2, 2): "White Friday | الجمعة البيضاء",
    ("acme", 0, 3): "Always On — Retargeting",
    ("acme", 1, 3): "Always On — Retargeting",
    ("juniper", 0, 5): "Always On — Retargeting",
    ("juniper", 2, 5): "Always On — Retargeting",
    ("nakhla", 0, 3): "حملة دائمة - مبيعات",
    ("nakhla", 2, 3): "حملة دائمة - مبيعات",
}


def campaign_name(account: AdAccount, slot: int, number: int) -> str:
    """The name of a slot's campaign; slots from STANDING on hold one numbered flight after the other."""
    shared = SHARED.get((account.workspace_id, account.place, slot))
    if shared:
        return shared
    owner = workspace(account.workspace_id)
    if slot < STANDING:
        template = EVERGREEN[account.place * STANDING + slot]
    elif slot >= STANDING + ROTATING:
        template = f"{{en}} Range {slot:03d} – {account.place}"
    else:
        template = FLIGHTS[account.place * ROTATING + slot - STANDING]
    return template.format(en=owner.city, ar=owner.city_in_arabic, n=number)
