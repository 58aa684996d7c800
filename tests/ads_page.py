"""The addresses of the Ads page's views, and how a browser opens each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playwright.sync_api import Page, expect

from page_world import RIYADH

PLACES = {
    "overview": "#/overview?workspace=acme",
    "campaigns": "#/campaigns?workspace=acme",
    "campaign": f"#/campaign?workspace=acme&campaign=meta:{RIYADH}",
    "reconciliation": "#/reconciliation?workspace=acme",
    "alerts": "#/alerts?workspace=acme",
    "health": "#/health?workspace=acme",
    "orders": "#/orders?workspace=acme&q=4995",
}
TITLES = {
    "overview": "Overview",
    "campaigns": "Campaigns",
    "campaign": "Campaign",
    "reconciliation": "Reconciliation",
    "alerts": "Alerts",
    "health": "Sync health",
    "orders": "Order explanations",
}
# The response of a warehouse without workspaces.
EMPTY = {
    "workspace": None,
    "workspaces": [],
    "periods": {},
    "meta": None,
    "charts": False,
    "missing": ["dashboard_metrics"],
    "data": {},
}


def settled(page: Page) -> Page:
    """Waits until the view has been drawn."""
    page.locator("main:not([aria-busy]) > h2").wait_for(state="attached")
    return page


def each_view(page: Page) -> Iterator[str]:
    """Opens one view after the other and yields its name."""
    for view, place in PLACES.items():
        page.evaluate("place => { location.hash = place; }", place)
        expect(page).to_have_title(re.compile(f"^{TITLES[view]} – Ads$"))
        settled(page)
        yield view
