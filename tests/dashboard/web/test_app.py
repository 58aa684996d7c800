from __future__ import annotations

from pathlib import Path

import pytest

from adsync.dashboard.web import app
from adsync.dashboard.web.service import VIEWS

FILES = sorted(file.relative_to(app.STATIC).as_posix() for file in app.STATIC.rglob("*") if file.is_file())
DOORS = [
    "/",
    *(f"/static/{file}" for file in FILES),
    "/library/uPlot.iife.min.js",
    *(f"/api/{view}" for view in VIEWS),
    "/docs",
    "/openapi.json",
    "/api",
    "/no/such/thing",
]


@pytest.mark.parametrize("door", DOORS)
async def test_nobody_gets_in_without_a_login(stranger, door):
    answer = await stranger.get(door)
    assert (answer.status_code, answer.json()) == (401, {"error": "who are you?"})


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_nobody_changes_anything_without_a_login(stranger, method):
    answer = await stranger.request(method, "/api/alerts/1/acknowledge", headers={"origin": "http://page.test"})
    assert answer.status_code == 401


@pytest.mark.parametrize("door", ["/", "/static/app.js", "/api/overview", "/no/such/thing"])
async def test_every_answer_tells_the_browser_to_run_only_our_own_files(page, stranger, door):
    for client in (page, stranger):
        headers = (await client.get(door)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "private, no-cache"


async def test_the_page_names_only_files_that_are_there(page):
    text = (await page.get("/")).text
    named = [part.split('"')[0] for part in text.split('="static/')[1:]]
    assert {"app.js", "early.js", "style.css", "parts.css"} <= set(named) <= set(FILES)


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


def test_all_that_the_page_loads_stays_small():
    """With the chart library's 53 kB and an answer, below 200 kB before any compression."""
    assert sum(Path(app.STATIC, file).stat().st_size for file in FILES) < 90_000


async def test_a_file_that_the_browser_has_is_not_sent_again(page):
    first = await page.get("/static/app.js")
    again = await page.get("/static/app.js", headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/nothing.js", "/elsewhere/app.js"]
)
async def test_only_the_pages_own_files_are_handed_out(page, path):
    assert (await page.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("question", "status", "sentence"),
    [
        ("nonsense", 404, "there is no view 'nonsense': ask for one of overview, campaigns"),
        ("overview?workspace=nobody", 404, "there is no workspace 'nobody'"),
        ("overview?period=year", 400, "there is no period 'year': ask for one of today, 7_days, 30_days, 90_days"),
        ("campaign?campaign=meta", 400, "name the campaign as platform:campaign"),
        ("orders?q=" + "9" * 201, 400, "that is too long to look for: 200 characters at most"),
    ],
)
async def test_a_wrong_question_is_told_what_would_be_right(page, question, status, sentence):
    answer = await page.get(f"/api/{question}")
    assert answer.status_code == status
    assert answer.json()["error"].startswith(sentence)


async def test_a_warehouse_that_is_away_is_one_sentence_without_its_password(cut_off):
    answer = await cut_off.get("/api/overview")
    assert answer.status_code == 503
    assert answer.json()["error"].startswith("warehouse 127.0.0.1:1/adsync is unreachable")
    assert "secret" not in answer.text
