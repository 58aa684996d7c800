"""The invented business: three workspaces, twelve ad accounts, seven stores, and their tokens.

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
    """A shop: its books are kept in `currency`, buyers may pay in `abroad`; `path` is where WordPress lives."""

    id: str
    workspace_id: str
    number: int
    name: str
    currency: str
    timezone: str
    abroad: str
    platform: str = "shopify"
    path: str = ""
    plain_permalinks: bool = False

    @property
    def conn_id(self) -> str:
        return f"{self.platform}_{self.workspace_id}"

    @property
    def token(self) -> str:
        return f"sandbox-{self.platform}-token-of-{self.workspace_id}"


JUNIPER_SECRET = "fern-and-moss"
META_APP_ID = "310000000000001"
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
    AdAccount("snapchat", "8adc3db7-8148-4fbf-999c-8d2266369d01", "acme", 3, "Acme Snap", "SAR", RIYADH),
    AdAccount("snapchat", "5f0c6a52-17de-4b7a-8a55-aa10b7c9d002", "nakhla", 3, "Nakhla Snap", "USD", DUBAI),
    # Its days are of 23, 24 and 25 hours.
    AdAccount("snapchat", "c55a8f6e-92e1-4a0e-9d0f-2f1f6f1e2a03", "juniper", 3, "Juniper Snap", "USD", NEW_YORK),
)

STORES = (
    Store("acme.myshopify.com", "acme", 1, "Acme Trading", "SAR", RIYADH, "USD"),
    Store("nakhla.myshopify.com", "nakhla", 2, "نخلة هوم", "USD", DUBAI, "AED"),
    Store("juniper.myshopify.com", "juniper", 3, "Juniper and Fern", "USD", LONDON, "AED"),
    Store("1305146709", "acme", 4, "متجر أكمي", "SAR", RIYADH, "SAR", platform="salla"),
    Store("394106", "nakhla", 5, "نخلة هوم", "SAR", RIYADH, "SAR", platform="zid"),
    Store(
        "shop.nakhla.example", "nakhla", 6, "نخلة الديار", "AED", RIYADH, "AED", platform="woocommerce", path="/souq"
    ),
    Store(
        "shop.juniper.example",
        "juniper",
        7,
        "Juniper Outlet",
        "USD",
        NEW_YORK,
        "USD",
        platform="woocommerce",
        plain_permalinks=True,
    ),
)


def workspace(workspace_id: str) -> Workspace:
    return next(found for found in WORKSPACES if found.id == workspace_id)
