from __future__ import annotations

import psycopg
import pytest

HOME = "http://page.test"


@pytest.fixture
def alert_id(page_warehouse) -> int:
    with psycopg.connect(page_warehouse) as db:
        (found,) = db.execute(
            "select alert_id from adsync.alerts where type = 'roas_drop' and status = 'open'"
        ).fetchone()
    return found


async def test_an_acknowledgement_names_the_user_at_once(own_page, alert_id):
    assert (await own_page.get("/api/alerts?workspace=acme")).json()["data"]["open"][0]["acknowledged_by"] is None
    answer = await own_page.post(f"/api/alerts/{alert_id}/acknowledge")
    assert answer.status_code == 200
    assert answer.json()["acknowledged_by"] == "noura"
    [first, _] = (await own_page.get("/api/alerts?workspace=acme")).json()["data"]["open"]
    assert (first["alert_id"], first["acknowledged_by"]) == (alert_id, "noura")
    assert first["acknowledged_at"] == answer.json()["acknowledged_at"]


async def test_the_first_acknowledgement_is_kept(own_page, alert_id):
    first = await own_page.post(f"/api/alerts/{alert_id}/acknowledge")
    again = await own_page.post(f"/api/alerts/{alert_id}/acknowledge", headers={"x-user": "samir"})
    assert again.json() == first.json()


async def test_a_closed_alert_cannot_be_acknowledged(own_page, page_warehouse):
    with psycopg.connect(page_warehouse) as db:
        (closed,) = db.execute("select alert_id from adsync.alerts where status = 'closed'").fetchone()
    answer = await own_page.post(f"/api/alerts/{closed}/acknowledge")
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": f"unknown open alert {closed}: it may have been closed"},
    )


async def test_an_invalid_alert_id_is_a_bad_request(own_page):
    answer = await own_page.post("/api/alerts/first/acknowledge")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("alert_id: ")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://elsewhere.test"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": HOME},
        {"sec-fetch-site": "same-site", "origin": HOME},
        {"sec-fetch-site": "none"},
    ],
    ids=str,
)
async def test_a_cross_site_request_cannot_acknowledge(without_origin, page_warehouse, alert_id, headers):
    answer = await without_origin.post(f"/api/alerts/{alert_id}/acknowledge", headers=headers)
    assert (answer.status_code, answer.json()) == (403, {"error": "cross-site request rejected: use the Ads page"})
    with psycopg.connect(page_warehouse) as db:
        assert db.execute("select acknowledged_at from adsync.alerts where alert_id = %s", (alert_id,)).fetchone() == (
            None,
        )


@pytest.mark.parametrize("headers", [{"origin": HOME}, {"sec-fetch-site": "same-origin"}], ids=str)
async def test_a_same_origin_request_can_acknowledge(without_origin, alert_id, headers):
    assert (await without_origin.post(f"/api/alerts/{alert_id}/acknowledge", headers=headers)).status_code == 200
