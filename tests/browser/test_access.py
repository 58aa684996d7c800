"""Who uses a keyboard, a screen reader or large letters can do everything on the Ads page.

axe-core looks for what a program can find; what only use shows is tried with keys below.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ads_page import NOTHING, each_view, settled

# All of axe's rules, and the one that it leaves out unless it is asked for.
ASKED = {"rules": {"target-size": {"enabled": True}}}
# Every two of them meet; all three together would take twice as long and find the same.
SHOWN = ((360, "light", "ltr"), (360, "dark", "rtl"), (1440, "light", "rtl"), (1440, "dark", "ltr"))
OPEN = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
NAMED = """const named = (each) => `${each.localName} ${each.id || each.textContent || each.ariaLabel}`.slice(0, 60);"""
# What Tab has to reach: of radio buttons the chosen one, of what is folded nothing.
REACHABLE = f"""() => {{
    {NAMED}
    return [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
        .filter((each) => each.checkVisibility() && !each.disabled && (each.type !== "radio" || each.checked))
        .map(named);
}}"""
# Seen is what has a ring around it (a radio button's is around its label) and is not covered by anything.
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
    """What axe finds wrong, with everything unfolded: rule, element, what is the matter; and where it cannot tell."""
    page.evaluate(OPEN)
    found = Axe().run(page, options=ASKED).response
    rules = found["violations"] + (found["incomplete"] if unsure else [])
    return [_sentence(rule, node) for rule in rules for node in rule["nodes"]]


def _sentence(rule: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{rule['id']}: {node['html'][:120]}: {node['failureSummary']}"


@pytest.mark.parametrize(("width", "theme", "direction"), SHOWN)
def test_axe_finds_nothing_wrong_with_any_view(open_page, width, theme, direction):
    page = open_page(width=width, color_scheme=theme, reduced_motion="reduce")
    if direction == "rtl":
        page.get_by_role("button", name="Left to right. Change").click()
    # Of text that has been scrolled out of sight, as on a small screen, axe cannot tell the contrast.
    found = {view: faults(page, unsure=width > 1000) for view in each_view(page)}
    assert {view: wrong for view, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("answer", [{"status": 503, "json": {"error": "the warehouse is away"}}, {"json": NOTHING}])
def test_axe_finds_nothing_wrong_where_there_is_nothing_to_show(browser, airflow, login, answer):
    with browser.new_context(storage_state=login) as context:
        page = context.new_page()
        page.route("**/api/**", lambda route: route.fulfill(**answer))
        page.goto(airflow.page)
        page.locator(".nothing").wait_for()
        assert faults(page) == []


@pytest.mark.parametrize("width", [360, 1440])
def test_tab_reaches_everything_in_the_order_of_the_page_and_shows_where_it_is(open_page, width):
    page = open_page(width=width)
    for view in each_view(page):
        # Otherwise Tab goes on from where the view was chosen.
        page.reload()
        expected = settled(page).evaluate(REACHABLE)
        reached = []
        for _ in expected:
            page.keyboard.press("Tab")
            reached.append(page.evaluate(WHERE))
        assert [each["element"] for each in reached] == expected, view
        assert [each for each in reached if not each["seen"]] == [], view


def test_the_skip_link_leads_into_the_view_and_not_to_another(open_page):
    page = open_page("#/health?workspace=acme")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the figures")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main", name="Sync health")).to_be_focused()


def test_who_opens_another_view_goes_on_inside_it(open_page):
    page = open_page()
    page.get_by_role("link", name="Campaigns").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main", name="Campaigns")).to_be_focused()
    page.get_by_role("link", name="Eid + Sale").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main", name="Campaign", exact=True)).to_be_focused()


def test_what_is_drawn_anew_keeps_the_focus(open_page):
    page = open_page(color_scheme="light")
    page.get_by_role("radio", name="30 days").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="90 days")).to_be_checked()
    expect(page.get_by_role("radio", name="90 days")).to_be_focused()
    page.get_by_role("button", name="Theme: as the system").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Theme: light")).to_be_focused()
    page.get_by_role("link", name="Why this order").click()
    page.get_by_label("Order number or id").fill("4999")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Found")).to_be_visible()
    expect(page.get_by_label("Order number or id")).to_be_focused()


def test_an_alert_is_acknowledged_with_the_keyboard_which_stays_beside_it(open_page, airflow):
    page = open_page("#/alerts?workspace=acme")
    page.get_by_role("button", name="Acknowledge: ROAS drop").focus()
    page.keyboard.press("Space")
    expect(page.locator("p:focus")).to_contain_text(f"Seen by {airflow.user}")


def test_a_table_wider_than_the_screen_is_moved_with_the_arrows(open_page):
    page = open_page("#/campaigns?workspace=acme", width=360)
    wide = page.get_by_role("region", name="Campaigns")
    wide.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    expect(wide).to_be_focused()


def test_figures_by_day_unfold_with_the_keyboard(open_page):
    page = open_page()
    page.get_by_text("Figures by day").first.locator("xpath=ancestor::summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="Figures by day")).to_be_visible()


def test_what_is_unfolded_stays_so_when_the_view_is_drawn_anew(open_page):
    page = open_page()
    rows = page.get_by_role("table", name="Figures by day").get_by_role("row")
    page.locator("summary").click()
    expect(rows.first).to_be_visible()
    shorter = rows.count()
    page.get_by_text("90 days", exact=True).click()
    expect(rows.nth(shorter)).to_be_visible()
