"""WooCommerce's stores: one below a path, one with plain permalinks."""

from __future__ import annotations

from adsync_sandbox.generator.accounts import NEW_YORK, RIYADH, Store

ACCOUNTS = (
    Store(
        *("woocommerce", "shop.nakhla.example", "nakhla", 6, "نخلة الديار", "AED", RIYADH, "AED"),
        path="/souq",
    ),
    Store(
        *("woocommerce", "shop.juniper.example", "juniper", 7, "Juniper Outlet", "USD", NEW_YORK, "USD"),
        plain_permalinks=True,
    ),
)
