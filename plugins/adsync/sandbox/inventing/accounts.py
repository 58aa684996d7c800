"""The invented business: three workspaces, nine ad accounts, three stores, and their tokens.

Currencies and zones of accounts differ from their workspace's on purpose; every token is a made-up word.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Workspace:
    """A client of adsync, with its reporting currency and zone."""

    id: str
    name: str
    currency: str
    timezone: str
    city: str
    city_in_arabic: str


@dataclass(frozen=True)
class AdAccount:
    """An account of an ad platform; `place` is its number within the workspace."""

    platform: str
    id: str
    workspace_id: str
    place: int
    name: str
    currency: str
    timezone: str
    options: dict[str, str] = field(default_factory=dict, hash=False)
    reports_omni_purchase: bool = True
    may_run_tasks: bool = True
    app_secret: str | None = None

    @property
    def conn_id(self) -> str:
        return f"{self.platform}_{self.workspace_id}"

    @property
    def token(self) -> str:
        return f"sandbox-{self.platform}-token-of-{self.workspace_id}"


@dataclass(frozen=True)
class Store:
    """A Shopify shop: its books are kept in `currency`, buyers may pay in `abroad`."""

    id: str
    workspace_id: str
    number: int
    name: str
    currency: str
    timezone: str
    abroad: str
    platform: str = "shopify"

    @property
    def conn_id(self) -> str:
        return f"shopify_{self.workspace_id}"

    @property
    def token(self) -> str:
        return f"sandbox-shopify-token-of-{self.workspace_id}"


JUNIPER_SECRET = "fern-and-moss"
RIYADH, DUBAI, LONDON, NEW_YORK = "Asia/Riyadh", "Asia/Dubai", "Europe/London", "America/New_York"

WORKSPACES = (
    Workspace("acme", "Acme Trading", "SAR", RIYADH, "Riyadh", "الرياض"),
    Workspace("nakhla", "Nakhla Home", "AED", DUBAI, "Dubai", "دبي"),
    Workspace("juniper", "Juniper and Fern", "USD", NEW_YORK, "Brooklyn", "بروكلين"),
)

AD_ACCOUNTS = (
    AdAccount(
        "meta", "901234567890", "acme", 0, "Acme KSA", "SAR", RIYADH, options={"purchase_action": "omni_purchase"}
    ),
    AdAccount("meta", "901234567891", "acme", 1, "Acme Export", "USD", LONDON),
    AdAccount(
        "tiktok", "7000000000000000001", "acme", 2, "Acme TikTok", "USD", RIYADH, options={"report_mode": "auto"}
    ),
    AdAccount("meta", "902345678901", "nakhla", 0, "نخلة هوم", "AED", DUBAI),
    AdAccount("meta", "902345678902", "nakhla", 1, "Nakhla Gulf", "SAR", RIYADH, reports_omni_purchase=False),
    AdAccount(
        "tiktok", "7000000000000000002", "nakhla", 2, "Nakhla TikTok", "AED", DUBAI, options={"report_mode": "auto"}
    ),
    AdAccount("meta", "903456789012", "juniper", 0, "Juniper US", "USD", NEW_YORK, app_secret=JUNIPER_SECRET),
    AdAccount("meta", "903456789013", "juniper", 1, "Juniper Gulf", "SAR", RIYADH, app_secret=JUNIPER_SECRET),
    # POSIX sign: Etc/GMT+5 is five hours behind UTC, all year round.
    AdAccount(
        "tiktok",
        "7000000000000000003",
        "juniper",
        2,
        "Juniper TikTok",
        "USD",
        "Etc/GMT+5",
        options={"report_mode": "auto"},
        may_run_tasks=False,
    ),
)

STORES = (
    Store("acme.myshopify.com", "acme", 1, "Acme Trading", "SAR", RIYADH, "USD"),
    Store("nakhla.myshopify.com", "nakhla", 2, "نخلة هوم", "USD", DUBAI, "AED"),
    Store("juniper.myshopify.com", "juniper", 3, "Juniper and Fern", "USD", LONDON, "AED"),
)


def workspace(workspace_id: str) -> Workspace:
    return next(found for found in WORKSPACES if found.id == workspace_id)
