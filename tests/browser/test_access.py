"""Accessibility of the Ads page: axe-core on every view, and keyboard use."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ads_page import EMPTY, each_view, settled
from polling import eventually

# All of axe's rules, and one that is off by default.
AXE_OPTIONS = {"rules": {"target-size": {"enabled": True}}}
# Every pair of values occurs; all combinations would take twice as long.
SHOWN = ((360, "light", "ltr"), (360, "dark", "rtl"), (1440, "light", "rtl"), (1440, "dark", "ltr"))
OPEN = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
NAMED = """const named = (each) => `${each.localName} ${each.id || each.textContent || each.ariaLabel}`.slice(0, 60);"""
# Elements that Tab has to reach: of radio buttons only the checked one, none inside closed details.
REACHABLE = f"""() => {{
    {NAMED}
    return [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
        .filter((each) => each.checkVisibility() && !each.disabled && (each.type !== "radio" || each.checked))
        .map(named);
}}"""
# An element is seen if it has a focus ring (a radio button's is around its label) and nothing covers it.
WHERE = f"""() => {{
    {NAMED}
    const element = document.activeElement;
    const ringed = element.type === "radio" ? element.labels[0] : element;
    const box = ringed.getClientRects()[0];
    const top = document.elementFromPoint(box.x + Math.min(box.width / 2, 40), box.y + Math.min(box.height / 2, 40));
    const ring = getComputedStyle(ringed);
    const shown = ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2;
    return {{ element: named(element), seen: shown && (ringed.contains(top) || top?.contains(ringed)) }};
}}"""


def faults(page: Page, *, unsure: bool = False) -> list[str]:
    """Returns axe's violations with all details open; with `unsure` also what axe cannot decide."""
    page.evaluate(OPEN)
    found = Axe().run(page, options=AXE_OPTIONS).response
    rules = found["violations"] + (found["incomplete"] if unsure else [])
    return [_sentence(rule, node) for rule in rules for node in rule["nodes"]]


def _sentence(rule: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{rule['id']}: {node['html'][:120]}: {node['failureSummary']}"


@pytest.mark.parametrize(("width", "theme", "direction"), SHOWN)
def test_axe_finds_no_violation_in_any_view(open_page, width, theme, direction):
    page = open_page(width=width, color_scheme=theme, reduced_motion="reduce")
    if direction == "rtl":
        page.get_by_role("button", name="Left to right. Change").click()
    # On small screens axe cannot determine the contrast of text that is scrolled out of sight.
    found = {view: faults(page, unsure=width > 1000) for view in each_view(page)}
    assert {view: violations for view, violations in found.items() if violations} == {}


def test_axe_finds_no_violation_in_the_middle_of_many_campaigns(open_page, many_campaigns):
    page = open_page(f"{many_campaigns}&page=2")
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()
    assert faults(page, unsure=True) == []


@pytest.mark.parametrize(
    "answer", [{"status": 503, "json": {"error": "the warehouse is unreachable"}}, {"json": EMPTY}]
)
def test_axe_finds_no_violation_in_empty_views(browser, airflow, login, answer):
    with browser.new_context(storage_state=login) as context:
        page = context.new_page()
        page.route("**/api/**", lambda route: route.fulfill(**answer))
        page.goto(airflow.page)
        page.locator(".empty-state").wait_for()
        assert faults(page) == []


@pytest.mark.parametrize("width", [360, 1440])
def test_tab_reaches_every_element_in_order_and_shows_the_focus(open_page, width):
    page = open_page(width=width)
    for view in each_view(page):
        # Otherwise Tab continues from the link of the view.
        page.reload()
        expected = settled(page).evaluate(REACHABLE)
        reached = []
        for _ in expected:
            page.keyboard.press("Tab")
            reached.append(page.evaluate(WHERE))
        assert [each["element"] for each in reached] == expected, view
        assert [each for each in reached if not each["seen"]] == [], view


def test_the_skip_link_moves_into_the_current_view(open_page):
    page = open_page("#/health?workspace=acme")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main", name="Sync health")).to_be_focused()


def test_opening_a_view_moves_the_focus_into_it(open_page):
    page = open_page()
    page.get_by_role("link", name="Campaigns").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main", name="Campaigns")).to_be_focused()
    page.get_by_role("link", name="Eid + Sale").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main", name="Campaign", exact=True)).to_be_focused()


def test_redrawing_keeps_the_focus(open_page):
    page = open_page(color_scheme="light")
    page.get_by_role("radio", name="30 days").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="90 days")).to_be_checked()
    expect(page.get_by_role("radio", name="90 days")).to_be_focused()
    page.get_by_role("button", name="Theme: system").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Theme: light")).to_be_focused()
    page.get_by_role("link", name="Order explanations").click()
    page.get_by_label("Order number or id").fill("4999")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Search results")).to_be_visible()
    expect(page.get_by_label("Order number or id")).to_be_focused()


def test_acknowledging_with_the_keyboard_keeps_the_focus(open_page, airflow):
    page = open_page("#/alerts?workspace=acme")
    page.get_by_role("button", name="Acknowledge: ROAS drop").focus()
    page.keyboard.press("Space")
    expect(page.locator("p:focus")).to_contain_text(f"Acknowledged by {airflow.user}")


def test_a_wide_table_scrolls_with_the_arrow_keys(open_page):
    page = open_page("#/campaigns?workspace=acme", width=360)
    wide = page.get_by_role("region", name="Campaigns")
    wide.focus()
    page.keyboard.press("ArrowRight")
    # Playwright's own waiting evaluates text inside the page, which its policy forbids from the second look on.
    eventually(lambda: wide.evaluate("(table) => table.scrollLeft > 0"), "the table scrolls", seconds=10)
    expect(wide).to_be_focused()


def test_figures_by_day_open_with_the_keyboard(open_page):
    page = open_page()
    page.get_by_text("Figures by day").first.locator("xpath=ancestor::summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="Figures by day")).to_be_visible()


def test_open_details_stay_open_after_a_redraw(open_page):
    page = open_page()
    rows = page.get_by_role("table", name="Figures by day").get_by_role("row")
    page.locator("summary").click()
    expect(rows.first).to_be_visible()
    shorter = rows.count()
    page.get_by_text("90 days", exact=True).click()
    expect(rows.nth(shorter)).to_be_visible()
