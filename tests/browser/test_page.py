"""The Ads page in a browser, behind Airflow. Every test fails on an error in the console."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from ads_page import EMPTY, PLACES, TITLES, each_view, settled
from adsync.dashboard.web import uplot
from adsync.dashboard.web.service import VIEWS
from page_world import CAMPAIGNS, folder

RIYADH_NAME = "حملة الرياض – نوفمبر"
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "rtl": {"color_scheme": "light"},
}


def go(page: Page, view: str) -> Page:
    page.get_by_role("navigation", name="Views").get_by_role("link", name=view).click()
    expect(page.locator("#announcement")).to_have_text(f"{view} is up to date")
    return page


def figure(page: Page, name: str) -> str:
    return page.locator(".tile", has=page.get_by_text(name, exact=True)).locator("dd").inner_text()


@pytest.mark.parametrize("path", ["", "static/app.js", "library/uPlot.iife.min.js", "api/overview", "docs", "nothing"])
def test_every_path_requires_airflows_login(airflow, path):
    assert httpx.get(airflow.page + path, trust_env=False).status_code == 401
    assert httpx.post(airflow.page + "api/alerts/1/acknowledge", trust_env=False).status_code == 401


def test_airflows_navigation_opens_the_page_in_a_frame(browser, airflow, login):
    with browser.new_context(storage_state=login, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(airflow.url)
        page.get_by_role("link", name="Ads").click()
        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("heading", name="Ads", exact=True)).to_be_visible()
        expect(frame.locator(".tile").first).to_be_visible()
        frame.get_by_label("Workspace").select_option(label="Oasis Trading")
        expect(frame.locator(".plot canvas, .plot svg").nth(1)).to_be_visible()
        page.screenshot(path=folder() / "in-airflow-1440.png")


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("look", LOOKS)
def test_every_view_fits_every_width_theme_and_direction(open_page, look, width):
    page = open_page(width=width, **LOOKS[look])
    if look == "rtl":
        page.get_by_role("button", name="Left to right. Change").click()
    for view in each_view(page):
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        page.wait_for_timeout(150)
        page.screenshot(path=folder() / f"{view}-{width}-{look}.png", full_page=True)


NEW = {
    "workspace": {"id": "new", "name": "New", "currency": "SAR", "timezone": "UTC"},
    "workspaces": [{"id": "new", "name": "New"}],
}
UNNAMED = """[...document.querySelectorAll("button, a, input, select")]
    .filter((each) => !(each.textContent.trim() || each.ariaLabel || each.labels?.length))
    .map((each) => each.outerHTML)"""


def test_every_view_has_an_address():
    assert set(PLACES) == set(TITLES) == set(VIEWS)


def test_changing_the_period_needs_no_request(open_page):
    page = open_page()
    month = figure(page, "Spend")
    calls = []
    page.on("request", lambda request: calls.append(request.url))
    page.get_by_text("7 days", exact=True).click()
    expect(page.get_by_role("radio", name="7 days")).to_be_checked()
    expect(page.locator(".tile dd").first).not_to_have_text(month)
    assert month == "SAR\N{NO-BREAK SPACE}115,410"
    assert [url for url in calls if "/api/" in url] == []


def test_changing_the_workspace_changes_currency_and_campaigns(open_page):
    page = open_page("#/campaigns?workspace=acme")
    page.get_by_label("Workspace").select_option(label="Krona")
    expect(page.get_by_role("columnheader", name="Spend, USD")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)
    page.reload()
    expect(page.get_by_role("link", name="Nordic winter")).to_be_visible()


def test_theme_and_direction_persist(open_page):
    page = open_page(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Theme: system. Change").click()
    page.get_by_role("button", name="Theme: light. Change").click()
    page.get_by_role("button", name="Left to right. Change").click()
    expect(page.get_by_role("button", name="Right to left. Change")).to_be_visible()
    page.reload()
    settled(page)
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.evaluate(ground) != light


def test_links_lead_from_alert_to_campaign_to_order_explanation(open_page):
    page = go(open_page(), "Alerts")
    page.get_by_role("listitem").filter(has_text="ROAS drop").get_by_role("link").click()
    expect(page.get_by_role("heading", name=RIYADH_NAME)).to_be_visible()
    page.get_by_role("link", name="#5000").click()
    found = page.get_by_role("listitem").filter(has_text="#5000")
    expect(found.get_by_text("Attributed", exact=True)).to_be_visible()
    expect(found.locator("li.won")).to_contain_text(RIYADH_NAME)


def test_days_of_a_campaign_have_a_click_rate_and_zeros_without_orders(open_page):
    campaign = CAMPAIGNS[-1]
    page = open_page(f"#/campaign?workspace=acme&campaign={campaign.account.platform}:{campaign.id}")
    page.get_by_text("Figures by day").first.click()
    table = page.get_by_role("table", name="Figures by day")
    expect(table.get_by_role("row")).to_have_count(91)
    named = table.get_by_role("columnheader").all_inner_texts()
    cells = [row.locator("th, td").all_inner_texts() for row in table.get_by_role("row").all()[1:]]
    days = [dict(zip(named, row, strict=True)) for row in cells]
    assert all(re.fullmatch(r"1\.\d\d%", day["CTR"]) for day in days)
    unsold = [day for day in days if day["Orders"] == "0"]
    assert unsold
    assert {(day["Attributed"], day["ROAS"]) for day in unsold} == {("0.00", "0.00")}


def test_a_campaign_without_alerts_has_no_stray_text(open_page):
    campaign = CAMPAIGNS[-1]
    page = open_page(f"#/campaign?workspace=acme&campaign={campaign.account.platform}:{campaign.id}")
    expect(page.get_by_role("heading", name=campaign.name)).to_be_visible()
    loose = "[...document.querySelector('main').childNodes].filter((each) => each.nodeType === Node.TEXT_NODE).length"
    assert page.evaluate(loose) == 0


def test_an_acknowledged_alert_names_the_user(open_page, airflow):
    page = open_page("#/alerts?workspace=acme")
    alert = page.get_by_role("listitem").filter(has_text="High spend, few conversions")
    alert.get_by_role("button", name=re.compile("Acknowledge: High spend, few conversions")).click()
    expect(alert.get_by_text(f"Acknowledged by {airflow.user}")).to_be_visible()


def test_campaigns_are_sorted_by_any_column(open_page):
    page = open_page("#/campaigns?workspace=acme")
    heading = page.get_by_role("columnheader", name="ROAS", exact=True)
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    falling = page.locator("tbody td:nth-child(7)").all_inner_texts()
    expect(heading.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    assert page.locator("tbody td:nth-child(7)").all_inner_texts() == falling[::-1]
    assert falling == sorted(falling, key=float, reverse=True)


def test_campaigns_are_filtered_by_part_of_their_name(open_page):
    page = open_page("#/campaigns?workspace=acme")
    page.get_by_label("Find a campaign").fill("عطور")
    expect(page.get_by_text("1 of 7 campaigns")).to_be_visible()
    page.get_by_label("Find a campaign").fill("nothing like it")
    expect(page.get_by_role("heading", name="No matching campaigns")).to_be_visible()
    page.get_by_label("Find a campaign").fill("")
    page.get_by_label("platform").select_option(label="TikTok")
    expect(page.get_by_text("2 of 7 campaigns")).to_be_visible()


def test_campaigns_are_paged_with_the_keyboard(open_page, many_campaigns):
    page = open_page(many_campaigns)
    expect(page.get_by_text("120 of 120 campaigns; 1 to 50 listed")).to_be_visible()
    expect(page.locator("tfoot")).to_contain_text("7,260.00")
    forth = page.get_by_role("button", name="Next")
    forth.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("120 of 120 campaigns; 51 to 100 listed")).to_be_visible()
    expect(forth).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Page 3 of 3")).to_be_visible()
    expect(forth).to_be_focused()
    expect(forth).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(20)
    page.get_by_role("button", name="Previous").click()
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()


def test_a_search_finds_campaigns_of_other_pages_and_keeps_the_cursor(open_page, many_campaigns):
    page = open_page(many_campaigns)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()
    search = page.get_by_label("Find a campaign")
    search.press_sequentially("Kampanj 7")
    expect(page.get_by_text("11 of 120 campaigns")).to_be_visible()
    expect(search).to_be_focused()
    search.press_sequentially("7")
    expect(page.get_by_text("1 of 120 campaigns")).to_be_visible()
    expect(search).to_have_value("Kampanj 77")


def test_the_address_holds_the_search_the_sort_and_the_page(open_page, many_campaigns):
    page = open_page(f"{many_campaigns}&status=active&sort=spend&page=2")
    expect(page.get_by_text("108 of 120 campaigns; 51 to 100 listed")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Spend, USD")).to_have_attribute("aria-sort", "ascending")
    status = page.get_by_role("combobox", name="status", exact=True)
    expect(status).to_have_value("active")
    status.select_option(label="Paused")
    expect(page.get_by_text("12 of 120 campaigns")).to_be_visible()
    page.get_by_role("link", name="Kampanj 20", exact=True).click()
    expect(page.get_by_role("heading", name="Kampanj 20")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("12 of 120 campaigns")).to_be_visible()
    page.get_by_text("7 days", exact=True).click()
    expect(page.get_by_text("0 of 1 campaigns")).to_be_visible()
    expect(status).to_have_value("paused")


def test_an_order_is_found_by_its_number(open_page):
    page = go(open_page(), "Order explanations")
    page.get_by_label("Order number or id").fill("4999")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="Search results")).to_be_visible()
    expect(page.locator(".order")).to_have_count(1)
    page.get_by_label("Order number or id").fill("no such number")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="Order not found")).to_be_visible()


def test_landmarks_names_and_tables_are_accessible(open_page):
    page = open_page()
    for landmark in ("banner", "navigation", "main"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    expect(page.get_by_role("link", name="Overview")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("img")).to_have_count(2)
    expect(page.get_by_role("table", name="By platform").get_by_role("rowheader")).to_have_count(4)
    assert page.evaluate(UNNAMED) == []


def test_charts_are_drawn_with_the_library_or_without(open_page):
    page = open_page()
    expect(page.locator(".plot canvas" if uplot.is_installed() else ".plot svg").first).to_be_visible()
    page.route("**/api/**", lambda route: _answered(route, '"charts":true', '"charts":false'))
    page.reload()
    expect(page.locator(".plot svg path").first).to_be_visible()
    expect(page.locator(".plot canvas")).to_have_count(0)
    page.screenshot(path=folder() / "overview-1440-plain.png", full_page=True)


def _answered(route, old: str, new: str) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace(old, new))


def test_expired_figures_are_hidden_and_reported(open_page):
    page = open_page("#/health?workspace=acme")
    page.route("**/api/**", _stale)
    go(page, "Overview")
    expect(page.get_by_text("Cached figures have expired.")).to_be_visible()
    assert figure(page, "Spend") == "–"
    expect(page.get_by_role("table", name="By platform")).to_be_visible()
    page.screenshot(path=folder() / "stale-1440.png")


def _stale(route) -> None:
    answer = route.fetch()
    body = answer.json()
    route.fulfill(response=answer, json=body | {"meta": None, "data": body["data"] | {"figures": None}})


def test_missing_data_is_reported_for_the_selected_period_only(open_page):
    page = open_page("#/overview?workspace=krona&period=90_days")
    data_status = page.locator("#data-status")
    expect(data_status).to_contain_text("As of")
    expect(data_status).not_to_contain_text(re.compile("ncomplete"))
    page.route("**/api/**", lambda route: _complete(route, {"today", "7_days", "30_days"}))
    page.reload()
    expect(data_status).to_contain_text("Incomplete: some accounts have no data back to 25 Aug")
    page.screenshot(path=folder() / "short-history-1440.png")
    page.get_by_text("30 days", exact=True).click()
    expect(data_status).not_to_contain_text(re.compile("ncomplete"))
    go(page, "Sync health")
    expect(data_status).not_to_contain_text(re.compile("ncomplete"))
    page.unroute("**/api/**")
    page.route("**/api/**", lambda route: _complete(route, set()))
    page.reload()
    expect(data_status).to_contain_text("Today incomplete")


def _complete(route, periods: set[str]) -> None:
    answer = route.fetch()
    body = answer.json()
    changed = {period: row | {"complete": period in periods} for period, row in body["periods"].items()}
    meta = body["meta"] | {"complete": False}
    route.fulfill(response=answer, json=body | {"periods": changed, "meta": meta})


@pytest.mark.parametrize(
    ("answer", "title", "text"),
    [
        ({"status": 401, "json": {"error": "no"}}, "Signed out", "Sign in to Airflow"),
        (
            {"status": 503, "json": {"error": "the warehouse is unreachable"}},
            "Figures unavailable",
            "the warehouse is unreachable",
        ),
        ({"json": EMPTY}, "No workspaces yet", "Add workspaces and accounts"),
        ({"json": EMPTY | NEW}, "No figures yet", "The marts have not been built"),
    ],
)
def test_an_empty_or_failed_view_says_why(browser, airflow, login, answer, title, text):
    """Without `open_page`, because a browser logs failed requests in its console."""
    with browser.new_context(storage_state=login) as context:
        page = context.new_page()
        page.route("**/api/**", lambda route: route.fulfill(**answer))
        page.goto(airflow.page)
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        expect(page.get_by_text(text)).to_be_visible()
        page.unroute("**/api/**")
        page.screenshot(path=folder() / f"{'-'.join(title.lower().split())}.png")
        if retry := page.get_by_role("button", name="Retry").all():
            retry[0].click()
            expect(page.locator(".tile").first).to_be_visible()


def test_a_first_visit_loads_less_than_200_kb_and_needs_one_request(open_page):
    page = open_page()
    expect(page.locator(".plot canvas, .plot svg").nth(1)).to_be_visible()
    loaded = page.evaluate("performance.getEntries().map((each) => [each.name, each.decodedBodySize ?? 0])")
    assert 50_000 < sum(size for _, size in loaded) < 200_000
    assert [name.rpartition("/")[2] for name, _ in loaded if "/api/" in name] == ["overview?workspace=acme"]


def test_texts_from_platforms_are_never_markup(open_page):
    page = open_page("#/health?workspace=acme")
    name = "<img src=x onerror=alert(1)>"
    page.route("**/api/**", lambda route: _answered(route, RIYADH_NAME, name))
    go(page, "Campaigns")
    expect(page.get_by_role("link", name=name)).to_be_visible()
    expect(page.locator("main img")).to_have_count(0)
