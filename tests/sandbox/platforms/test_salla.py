from datetime import datetime, timedelta

import httpx
import pytest

from adsync_sandbox.faults.script import Fault
from adsync_sandbox.platforms.salla.orders import status
from adsync_sandbox.server.leaky_bucket import Limits

STORE = "1305146709"
BASE = "/salla/admin/v2"
TOKEN = {"Authorization": "Bearer sandbox-salla-token-of-acme"}


async def get(client, path, token=TOKEN, **params):
    return await client.get(f"{BASE}/{path}", params=params, headers=token)


async def walk(client, **params):
    found, number, last = [], 1, 1
    while number <= last:
        body = (await get(client, "orders", page=number, per_page=30, **params)).json()
        found += body["data"]
        number, last = number + 1, body["pagination"]["totalPages"]
    return found


async def refresh(client, extra):
    form = {name: extra[name] for name in ("refresh_token", "client_id", "client_secret")}
    return await client.post(extra["token_url"], data={"grant_type": "refresh_token", **form})


async def test_a_page_has_at_most_thirty_rows(sandbox, small_world):
    asked = (await get(sandbox(), "orders", per_page=60)).json()["pagination"]
    unasked = (await get(sandbox(), "orders")).json()["pagination"]
    assert (asked["perPage"], asked["count"], unasked["perPage"]) == (30, 30, 15)
    assert asked["total"] == len(small_world.store_orders(STORE))
    assert asked["links"].keys() == {"next"}


async def test_empty_links_are_a_list(sandbox):
    answer = await get(sandbox(), "orders", from_date="2020-01-01", to_date="2020-01-02")
    assert answer.json()["pagination"]["links"] == []


async def test_pages_add_up_to_every_order_with_drafts(sandbox, small_world):
    found = await walk(sandbox())
    assert {one["id"] for one in found} == {sale.id for sale in small_world.store_orders(STORE)}
    assert {one["draft"] for one in found} == {True, False}


async def test_source_and_time_of_change_are_in_the_whole_order_only(sandbox):
    client = sandbox()
    rows = await walk(client, sort_by="updated_at-desc")
    assert not {"updated_at", "source_details", "amounts", "campaign"} & set().union(*rows)
    changed = [(await get(client, f"orders/{one['id']}")).json()["data"]["updated_at"]["date"] for one in rows[:8]]
    assert changed == sorted(changed, reverse=True)


async def test_an_updated_since_is_ignored(sandbox):
    everything = (await get(sandbox(), "orders")).json()["pagination"]["total"]
    since = (await get(sandbox(), "orders", updated_at_gt="2026-11-22")).json()["pagination"]["total"]
    assert since == everything


async def test_dates_are_days_of_creation_in_the_stores_zone(sandbox, small_world):
    found = await walk(sandbox(), from_date="2026-11-10", to_date="2026-11-11")
    assert {one["id"] for one in found} == {
        sale.id
        for sale in small_world.store_orders(STORE)
        if (sale.placed_at + timedelta(hours=3)).date().isoformat() in {"2026-11-10", "2026-11-11"}
    }
    assert (await get(sandbox(), "orders", from_date="soon")).status_code == 422


async def test_times_are_local_and_money_is_numbers(sandbox, small_world):
    sale = small_world.store_orders(STORE)[40]
    order = (await get(sandbox(), f"orders/{sale.id}")).json()["data"]
    local = datetime.fromisoformat(order["date"]["date"])
    assert (order["date"]["timezone"], local) == (
        "Asia/Riyadh",
        (sale.placed_at + timedelta(hours=3)).replace(tzinfo=None),
    )
    assert round(order["amounts"]["total"]["amount"] * 100) == sale.total
    assert order["reference_id"] != order["id"]


async def test_tags_are_in_one_of_two_containers_and_missing_in_a_light_order(sandbox, small_world):
    client, kinds = sandbox(), {}
    for sale in small_world.store_orders(STORE):
        kinds.setdefault(sale.kind, sale)
    tagged = kinds["id_on_the_order"]
    whole = (await get(client, f"orders/{tagged.id}")).json()["data"]
    assert whole["source_details"]["utm_campaign"] == dict(tagged.journey.attributes)["utm_campaign"]
    light = (await get(client, f"orders/{tagged.id}", format="light")).json()["data"]
    assert "source_details" not in light
    other = (await get(client, f"orders/{kinds['in_the_other_container'].id}")).json()["data"]
    assert "utm_campaign" not in other["source_details"]
    assert other["campaign"]["campaign"]


async def test_a_merchants_own_status_is_below_the_platforms(sandbox, world):
    own = {status(sale)["customized"]["id"] for sale in world.store_orders(STORE) if sale.state.status == "in_progress"}
    assert len(own) == 2
    listed = (await get(sandbox(), "orders/statuses")).json()["data"]
    assert {"restored", "payment_pending"} <= {one["slug"] for one in listed}


async def test_orders_are_filtered_by_the_stores_status_ids(sandbox):
    client = sandbox()
    statuses = (await get(client, "orders/statuses")).json()["data"]
    completed = next(one["id"] for one in statuses if one["slug"] == "completed")
    found = await walk(client, **{"status[]": completed})
    assert {one["status"]["slug"] for one in found} == {"completed"}


async def test_the_store_has_no_time_zone(sandbox):
    store = (await get(sandbox(), "store/info")).json()["data"]
    assert (store["currency"], "timezone" in store) == ("SAR", False)


async def test_a_list_that_moves_while_it_is_read_loses_rows(sandbox, small_world):
    moved = await walk(sandbox(writes_during_paging=4), sort_by="updated_at-desc")
    assert len({one["id"] for one in moved}) < len(small_world.store_orders(STORE)) == len(moved)


async def test_the_bucket_reports_the_remaining_calls_and_the_reset_time(sandbox):
    client = sandbox(salla_limits=Limits(bucket=2, restore=1))
    answers = [await get(client, "store/info") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"
    assert answers[2].headers["Retry-After"] == "1"
    assert int(answers[2].headers["X-RateLimit-Reset"]) > 1_700_000_000


async def test_an_unknown_order_is_a_404_and_an_unknown_token_a_401(sandbox):
    assert (await get(sandbox(), "orders/1")).status_code == 404
    answer = await get(sandbox(), "orders", {"Authorization": "Bearer stolen"})
    assert (answer.status_code, answer.json()["success"]) == (401, False)


async def test_the_second_use_of_a_refresh_token_revokes_all_tokens(sandbox, links):
    client, extra = sandbox(), links["salla_acme"]["extra"]
    fresh = (await refresh(client, extra)).json()
    assert fresh["expires"] > 1_700_000_000
    bearer = {"Authorization": f"Bearer {fresh['access_token']}"}
    assert (await get(client, "store/info")).status_code == 401
    assert (await get(client, "store/info", bearer)).status_code == 200
    again = await refresh(client, extra)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_grant")
    assert (await get(client, "store/info", bearer)).status_code == 401
    assert (await refresh(client, {**extra, "refresh_token": fresh["refresh_token"]})).status_code == 401
    assert (await client.get("/calls")).json()["refreshes"]["salla"] == {STORE: 1}


async def test_a_lost_response_has_used_the_refresh_token(sandbox, links):
    client, extra = (
        sandbox(Fault("salla", "answer_lost", path="/oauth2/token", calls=(1,))),
        links["salla_acme"]["extra"],
    )
    with pytest.raises(httpx.ReadError):
        await refresh(client, extra)
    assert (await client.get("/calls")).json()["refreshes"]["salla"] == {STORE: 1}
    assert (await refresh(client, extra)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("token_expired", "access token is invalid"),
        ("permission_denied", "should have access to one of those scopes"),
        ("user_deleted", "deleted"),
        ("user_inactive", "inactive"),
    ],
)
async def test_the_kinds_of_401_have_different_messages(sandbox, kind, words):
    answer = await get(sandbox(Fault("salla", kind, account=STORE)), "orders")
    assert answer.status_code == 401
    assert words in answer.json()["error"]["message"]
