from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from dbt_process import copy_of
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from psycopg.conninfo import conninfo_to_dict

import airflow_page
from ads_page import settled
from adsync.dashboard.cache import refresh
from adsync.dashboard.snapshot import snapshots

NAMES = ("chromium", "chromium-browser", "google-chrome")
ABSENT = f"the Ads page was not looked at, no browser on this machine: none of {', '.join(NAMES)}"
# A container's root may have no user namespaces; the pages are our own.
FLAGS = ["--no-sandbox"]
# Two cores may be busy with everything else; nothing waits this long when all is well.
expect.set_options(timeout=20_000)

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program; without one there is nothing to look with, which only CI forbids."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(ABSENT)
    if found is None:
        pytest.skip(ABSENT)
    return found


# Ended with its module: Playwright runs an event loop, and while it does no asynchronous test can.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def airflow(chromium, page_world, local_servers, tmp_path_factory) -> Iterator[airflow_page.Airflow]:
    """The API server, and behind it a warehouse that the tests of the page may change."""
    del chromium  # without one there is nobody to serve
    state = tmp_path_factory.mktemp("airflow")
    with copy_of(local_servers, conninfo_to_dict(page_world)["dbname"], "page_browser") as url:
        refresh(local_servers.redis_url, snapshots(url))
        with airflow_page.running(local_servers, url, state) as found:
            yield found


@pytest.fixture(scope="module")
def login(browser, airflow) -> dict[str, Any]:
    """What the browser keeps of a sign-in through Airflow's own form."""
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
    """Opens the page at one address; afterwards its console must have been free of errors."""
    contexts, said = [], []

    def open_page(place: str = "#/overview?workspace=acme", width: int = 1440, **how: Any) -> Page:
        context = browser.new_context(
            storage_state=login, viewport={"width": width, "height": 900}, locale="en-GB", timezone_id="UTC", **how
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(_complaint(message)))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{airflow.page}{place}")
        return settled(page)

    yield open_page
    for context in contexts:
        context.close()
    assert [complaint for complaint in said if complaint] == []


def _complaint(message: ConsoleMessage) -> str:
    return f"{message.text} ({message.location['url']})" if message.type in {"error", "warning"} else ""
