"""Meta's ad accounts: two in each workspace, and the names of their campaigns."""

# Dashes and Arabic-Indic digits are what real names are full of.
# ruff: noqa: RUF001

from __future__ import annotations

from adsync_sandbox.generator.accounts import DUBAI, LONDON, NEW_YORK, RIYADH, AdAccount

APP_ID = "310000000000001"
JUNIPER_SECRET = "fern-and-moss"
STANDING = (
    "Oud Oils | {en} | Prospecting",
    "حملة {ar} – عطور العود",
    "Bakhoor Burners - {en}",
    "Coffee Cups – Lookalike 1%",
    "قهوة الصباح | {ar} | جمهور مشابه",
    "{en} Weekend Picks",
    "تخفيضات ٥٠٪ على الأواني – {ar}",
    "Brand Film 🔥 {en}",
)
FLIGHTS = (
    "Flash Week {n}",
    "أسبوع التخفيضات {n}",
    "Pay Day – {n} – {en}",
)
MORE_STANDING = (
    "Linen, Cushions and Throws — Retargeting",
    "مفارش الكتان - إعادة استهداف",
    "Summer Sale 50% Off | {en}",
    "عروض نهاية الأسبوع ✨ {ar}",
    "Gift Boxes 🎁 Broad",
    "هدايا العيد | نساء 25-44",
    "New Arrivals / {en} / Catalogue",
    "وصل حديثا – كتالوج {ar}",
)
MORE_FLIGHTS = (
    "عرض منتصف الشهر – {n}",
    "Creator Drop 🔥 {n}",
    "إطلاق المجموعة {n}",
)
RETARGETING = "Always On — Retargeting"

ACCOUNTS = (
    AdAccount(
        *("meta", "901234567890", "acme", 0, "Acme KSA", "SAR", RIYADH, STANDING, FLIGHTS),
        shared_names={2: "White Friday | الجمعة البيضاء", 3: RETARGETING, 4: "Evergreen Prospecting"},
        planted={0: "earns_less"},
        options={"purchase_action": "omni_purchase"},
    ),
    AdAccount(
        *("meta", "901234567891", "acme", 1, "Acme Export", "USD", LONDON, MORE_STANDING, MORE_FLIGHTS),
        shared_names={3: RETARGETING},
        planted={6: "pixel_only"},
    ),
    AdAccount(
        *("meta", "902345678901", "nakhla", 0, "نخلة هوم", "AED", DUBAI, STANDING, FLIGHTS),
        shared_names={3: "حملة دائمة - مبيعات"},
        planted={7: "never_shown"},
    ),
    AdAccount(
        *("meta", "902345678902", "nakhla", 1, "Nakhla Gulf", "SAR", RIYADH, MORE_STANDING, MORE_FLIGHTS),
        reports_omni_purchase=False,
    ),
    AdAccount(
        *("meta", "903456789012", "juniper", 0, "Juniper US", "USD", NEW_YORK, STANDING, FLIGHTS),
        shared_names={4: "Evergreen Prospecting", 5: RETARGETING},
        planted={0: "clicked_less"},
        app_secret=JUNIPER_SECRET,
    ),
    AdAccount(
        *("meta", "903456789013", "juniper", 1, "Juniper Gulf", "SAR", RIYADH, MORE_STANDING, MORE_FLIGHTS),
        app_secret=JUNIPER_SECRET,
    ),
)
