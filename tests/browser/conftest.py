from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from dbt_process import copy_of
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from psycopg.conninfo import conninfo_to_dict

import airflow_page
from ads_page import settled
from adsync.dashboard.cache import refresh
from adsync.dashboard.snapshot import snapshots
from page_world import MANY, MANY_CAMPAIGNS

NAMES = ("chromium", "chromium-browser", "google-chrome")
ABSENT = f"no browser for the tests of the Ads page: none of {', '.join(NAMES)}"
# A container's root may have no user namespaces, and the pages are our own.
FLAGS = ["--no-sandbox"]
# Generous, because other tests share the cores.
expect.set_options(timeout=20_000)

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Returns the path of the browser; without one the tests are skipped, except in CI."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(ABSENT)
    if found is None:
        pytest.skip(ABSENT)
    return found


# One per module: while Playwright's event loop runs, no asynchronous test can.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def airflow(chromium, page_world, local_servers, tmp_path_factory) -> Iterator[airflow_page.Airflow]:
    """Runs the API server over a copy of the warehouse that tests can change."""
    del chromium  # requested first, so that nothing starts without a browser
    state = tmp_path_factory.mktemp("airflow")
    with copy_of(local_servers, conninfo_to_dict(page_world)["dbname"], "page_browser") as url:
        refresh(local_servers.redis_url, snapshots(url))
        with airflow_page.running(local_servers, url, state) as found:
            yield found


@pytest.fixture(scope="module")
def login(browser, airflow) -> dict[str, Any]:
    """Signs in through Airflow's form and returns the browser's state."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(airflow.url)
        page.locator("input[name=username]").fill(airflow.user)
        page.locator("input[name=password]").fill(airflow.password)
        page.locator("button[type=submit]").click()
        page.wait_for_url(lambda url: "/login" not in url)
        return context.storage_state()


@pytest.fixture
def open_page(browser, airflow, login) -> Iterator[Open]:
    """Yields a function that opens the page; fails if its console contains an error or warning."""
    contexts, messages = [], []

    def open_page(place: str = "#/overview?workspace=acme", width: int = 1440, **how: Any) -> Page:
        context = browser.new_context(
            storage_state=login, viewport={"width": width, "height": 900}, locale="en-GB", timezone_id="UTC", **how
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: messages.append(_complaint(message)))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.goto(f"{airflow.page}{place}")
        return settled(page)

    yield open_page
    for context in contexts:
        context.close()
    assert [complaint for complaint in messages if complaint] == []


@pytest.fixture
def many_campaigns(airflow, local_servers) -> Iterator[str]:
    """Adds campaigns on three pages, and yields the address of their view."""
    del airflow  # whose warehouse they are added to
    with psycopg.connect(local_servers.database_url("page_browser"), autocommit=True) as db:
        db.execute(MANY_CAMPAIGNS, (MANY,))
        yield "#/campaigns?workspace=krona&period=today"
        db.execute("delete from marts.campaigns where campaign_id like 'n%'")
        db.execute("delete from marts.campaign_periods where campaign_id like 'n%'")


def _complaint(message: ConsoleMessage) -> str:
    return f"{message.text} ({message.location['url']})" if message.type in {"error", "warning"} else ""
