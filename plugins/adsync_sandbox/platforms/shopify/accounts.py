"""Shopify's shops: one in each workspace."""

from __future__ import annotations

from adsync_sandbox.generator.accounts import DUBAI, LONDON, RIYADH, Store

ACCOUNTS = (
    Store("shopify", "acme.myshopify.com", "acme", 1, "Acme Trading", "SAR", RIYADH, "USD"),
    Store("shopify", "nakhla.myshopify.com", "nakhla", 2, "نخلة هوم", "USD", DUBAI, "AED"),
    Store("shopify", "juniper.myshopify.com", "juniper", 3, "Juniper and Fern", "USD", LONDON, "AED"),
)
