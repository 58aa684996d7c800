"""The Ads page's places, and how a browser comes to each."""

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
    "orders": "Why this order",
}
# The answer of a warehouse without workspaces.
NOTHING = {
    "workspace": None,
    "workspaces": [],
    "periods": {},
    "meta": None,
    "charts": False,
    "missing": ["dashboard_metrics"],
    "data": {},
}


def settled(page: Page) -> Page:
    """Once the view has been drawn."""
    page.locator("main:not([aria-busy]) > h2").wait_for(state="attached")
    return page


def each_view(page: Page) -> Iterator[str]:
    """The page comes to one view after the other."""
    for view, place in PLACES.items():
        page.evaluate("place => { location.hash = place; }", place)
        expect(page).to_have_title(re.compile(f"^{TITLES[view]} – Ads$"))
        settled(page)
        yield view
