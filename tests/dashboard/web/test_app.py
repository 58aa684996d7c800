from __future__ import annotations

import json
from pathlib import Path

import pytest

from adsync import registry
from adsync.dashboard.web import app
from adsync.dashboard.web.service import VIEWS

FILES = sorted(file.relative_to(app.STATIC).as_posix() for file in app.STATIC.rglob("*") if file.is_file())
PATHS = [
    "/",
    *(f"/static/{file}" for file in FILES),
    "/static/labels.js",
    "/library/uPlot.iife.min.js",
    *(f"/api/{view}" for view in VIEWS),
    "/docs",
    "/openapi.json",
    "/api",
    "/no/such/thing",
]


@pytest.mark.parametrize("path", PATHS)
async def test_every_path_requires_access(anonymous, path):
    answer = await anonymous.get(path)
    assert (answer.status_code, answer.json()) == (401, {"error": "login required"})


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_changes_require_access(anonymous, method):
    answer = await anonymous.request(method, "/api/alerts/1/acknowledge", headers={"origin": "http://page.test"})
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/api/overview", "/no/such/thing"])
async def test_every_response_has_the_security_headers(page, anonymous, path):
    for client in (page, anonymous):
        headers = (await client.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "private, no-cache"


async def test_the_page_refers_only_to_existing_files(page):
    text = (await page.get("/")).text
    named = [part.split('"')[0] for part in text.split('="static/')[1:]]
    assert {"app.js", "early.js", "style.css", "parts.css"} <= set(named) <= set(FILES)


async def test_labels_of_codes_are_sent_as_a_module(page):
    answer = await page.get("/static/labels.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    labels = json.loads(answer.text.removeprefix("export const LABELS = ").removesuffix(";\n"))
    assert labels["reauth_required"] == "Reauthorization required"
    assert set(registry.alert_rules()) <= set(labels)


def test_the_files_hold_no_inline_handlers_styles_or_html():
    """The policy would forbid them; and what platforms say must never become markup."""
    text = "".join(Path(app.STATIC, file).read_text(encoding="utf-8") for file in FILES)
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        " onclick=",
        "<style",
        ' style="',
    ):
        assert forbidden not in text


def test_the_files_of_the_page_stay_small():
    """With the chart library's 53 kB and an answer, below 200 kB before any compression."""
    assert sum(Path(app.STATIC, file).stat().st_size for file in FILES) < 90_000


async def test_an_unchanged_file_is_not_sent_again(page):
    first = await page.get("/static/app.js")
    again = await page.get("/static/app.js", headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/nothing.js", "/elsewhere/app.js"]
)
async def test_only_the_files_of_the_page_are_served(page, path):
    assert (await page.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("nonsense", 404, "unknown view 'nonsense' (expected overview, campaigns"),
        ("overview?workspace=nobody", 404, "unknown workspace 'nobody'"),
        ("overview?period=year", 400, "unknown period 'year' (expected today, 7_days, 30_days, 90_days)"),
        ("campaign?campaign=meta", 400, "invalid campaign 'meta' (expected platform:campaign)"),
        ("campaigns?sort=price", 400, "unknown sort 'price' (expected name, platform, status, spend"),
        ("campaigns?sort=--spend", 400, "unknown sort '--spend'"),
        ("campaigns?page=0", 400, "page: Input should be greater than or equal to 1"),
        ("campaigns?page=last", 400, "page: Input should be a valid integer"),
        ("campaigns?status=" + "a" * 201, 400, "status too long: 201 characters (at most 200)"),
        ("orders?q=" + "9" * 201, 400, "search text too long: 201 characters (at most 200)"),
    ],
)
async def test_an_invalid_request_is_rejected_with_what_is_accepted(page, query, status, message):
    answer = await page.get(f"/api/{query}")
    assert answer.status_code == status
    assert answer.json()["error"].startswith(message)


async def test_an_unreachable_warehouse_is_reported_without_its_password(without_warehouse):
    answer = await without_warehouse.get("/api/overview")
    assert answer.status_code == 503
    assert answer.json()["error"].startswith("warehouse 127.0.0.1:1/adsync is unreachable")
    assert "secret" not in answer.text
