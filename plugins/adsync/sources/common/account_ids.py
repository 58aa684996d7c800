"""Ids of accounts and stores as people write them, each in one spelling; ValueError states the expected shape."""

from __future__ import annotations

import re

SHOP = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
ADMIN_PAGE = re.compile(r"admin\.shopify\.com/store/([a-z0-9][a-z0-9-]*)(/.*)?")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def number(text: str) -> str:
    """Returns an id of digits; Meta shows its own with the prefix `act_`."""
    found = text.strip().lower().removeprefix("act_")
    if not re.fullmatch(r"[0-9]+", found):
        raise ValueError("the digits of the id")
    return found


def uuid(text: str) -> str:
    """Returns a UUID in lower case."""
    found = text.strip().lower()
    if not UUID.fullmatch(found):
        raise ValueError("a UUID such as 8adc3db7-8148-4fbf-999c-8d2266369d74")
    return found


def shop_domain(text: str) -> str:
    """Returns a shop's domain at Shopify, also from the address of its pages or of its admin pages."""
    address = _without_scheme(text).lower()
    if admin := ADMIN_PAGE.fullmatch(address):
        return f"{admin[1]}.myshopify.com"
    domain = address.partition("/")[0]
    if not SHOP.fullmatch(domain):
        raise ValueError("the shop's domain such as acme.myshopify.com, not its own domain")
    return domain


def name(text: str) -> str:
    """Returns a store's name or number, also from the address of a site."""
    found = _without_scheme(text).rstrip("/")
    if not found or re.search(r"\s", found):
        raise ValueError("a name or number without blanks")
    return found


def _without_scheme(text: str) -> str:
    return re.sub(r"^https?://", "", text.strip(), flags=re.IGNORECASE)
