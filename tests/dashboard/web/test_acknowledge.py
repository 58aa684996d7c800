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


async def test_whoever_saw_an_alert_is_named_at_once(own_page, alert_id):
    assert (await own_page.get("/api/alerts?workspace=acme")).json()["data"]["open"][0]["acknowledged_by"] is None
    answer = await own_page.post(f"/api/alerts/{alert_id}/acknowledge")
    assert answer.status_code == 200
    assert answer.json()["acknowledged_by"] == "noura"
    [first, _] = (await own_page.get("/api/alerts?workspace=acme")).json()["data"]["open"]
    assert (first["alert_id"], first["acknowledged_by"]) == (alert_id, "noura")
    assert first["acknowledged_at"] == answer.json()["acknowledged_at"]


async def test_the_first_to_see_it_stays_named(own_page, alert_id):
    first = await own_page.post(f"/api/alerts/{alert_id}/acknowledge")
    again = await own_page.post(f"/api/alerts/{alert_id}/acknowledge", headers={"x-user": "samir"})
    assert again.json() == first.json()


async def test_an_alert_that_is_over_cannot_be_seen_any_more(own_page, page_warehouse):
    with psycopg.connect(page_warehouse) as db:
        (closed,) = db.execute("select alert_id from adsync.alerts where status = 'closed'").fetchone()
    answer = await own_page.post(f"/api/alerts/{closed}/acknowledge")
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": f"no open alert has the number {closed}: it may have closed meanwhile"},
    )


async def test_an_alert_is_named_by_its_number(own_page):
    answer = await own_page.post("/api/alerts/first/acknowledge")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("alert_id: ")


@pytest.mark.parametrize(
    "told",
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
async def test_another_site_cannot_acknowledge_in_somebodys_name(homeless, page_warehouse, alert_id, told):
    answer = await homeless.post(f"/api/alerts/{alert_id}/acknowledge", headers=told)
    assert (answer.status_code, answer.json()) == (403, {"error": "only the Ads page itself may do that"})
    with psycopg.connect(page_warehouse) as db:
        assert db.execute("select acknowledged_at from adsync.alerts where alert_id = %s", (alert_id,)).fetchone() == (
            None,
        )


@pytest.mark.parametrize("told", [{"origin": HOME}, {"sec-fetch-site": "same-origin"}], ids=str)
async def test_the_page_itself_may(homeless, alert_id, told):
    assert (await homeless.post(f"/api/alerts/{alert_id}/acknowledge", headers=told)).status_code == 200
