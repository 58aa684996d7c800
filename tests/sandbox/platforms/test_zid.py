from datetime import UTC, datetime

import pytest

from adsync_sandbox.faults.script import Fault

STORE = "394106"
BASE = "/zid/v1/managers"
MANAGER, APP = "sandbox-zid-token-of-nakhla", "sandbox-zid-authorization-of-nakhla"


def secrets(manager=MANAGER, app=APP):
    return {"Authorization": f"Bearer {app}", "X-Manager-Token": manager}


async def get(client, path, headers=None, **params):
    return await client.get(f"{BASE}/{path}", params=params, headers=headers or secrets())


async def walk(client, **params):
    found, number = [], 1
    while page := (await get(client, "store/orders", page=number, per_page=100, **params)).json()["orders"]:
        found, number = found + page, number + 1
    return found


async def test_the_profile_describes_the_store(sandbox):
    store = (await get(sandbox(), "account/profile")).json()["user"]["store"]
    assert (store["id"], store["timezone"], store["currency"]["code"]) == (394106, "Asia/Riyadh", "SAR")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"X-Manager-Token": MANAGER}, 401),
        (secrets(APP, MANAGER), 401),
        (secrets(app="stolen"), 401),
        (secrets(manager="stolen"), 302),
    ],
)
async def test_swapped_secrets_are_rejected_and_an_expired_session_redirects_to_a_login_page(sandbox, headers, status):
    client = sandbox()
    answer = await client.get(f"{BASE}/account/profile", headers=headers)
    assert answer.status_code == status
    if status == 302:
        page = await client.get(answer.headers["Location"])
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


async def test_pages_add_up_to_every_order_and_have_no_page_count(sandbox, small_world):
    client = sandbox()
    first = (await get(client, "store/orders", per_page=100)).json()
    assert not {"pagination", "next", "links"} & set(first)
    found = await walk(client)
    assert first["total_order_count"] == len(found) == len(small_world.store_orders(STORE))
    assert sum(first["total_order_count_per_status"].values()) == len(found)
    assert (await get(client, "store/orders", per_page=101)).status_code == 422


async def test_without_a_payload_type_rows_are_short(sandbox):
    short = (await get(sandbox(), "store/orders")).json()["orders"][0]
    whole = (await get(sandbox(), "store/orders", payload_type="default")).json()["orders"][0]
    assert {"products", "is_marketplace_order", "delivered_at"} <= set(whole) - set(short)


async def test_a_range_is_by_creation_by_default(sandbox, small_world):
    since = datetime(2026, 11, 20, tzinfo=UTC)
    sales = small_world.store_orders(STORE)
    created = await walk(sandbox(), date_from="2026-11-20T00:00:00.000+0000")
    changed = await walk(sandbox(), date_from="2026-11-20T00:00:00.000+0000", date_attribute="updated_at")
    assert {one["id"] for one in created} == {sale.id for sale in sales if sale.placed_at >= since}
    assert {one["id"] for one in changed} == {sale.id for sale in sales if sale.state.updated_at >= since}
    assert len(created) < len(changed)


async def test_a_day_at_the_end_of_a_range_is_a_whole_day(sandbox, small_world):
    found = await walk(sandbox(), date_from="2026-11-20", date_to="2026-11-20")
    days = {sale.id for sale in small_world.store_orders(STORE) if f"{sale.placed_at:%F}" == "2026-11-20"}
    assert {one["id"] for one in found} == days


async def test_an_order_has_fourteen_decimals_and_utc_clocks_beside_a_local_one(sandbox, small_world):
    sale = small_world.store_orders(STORE)[30]
    order = (await get(sandbox(), f"store/orders/{sale.id}/view")).json()["order"]
    assert len(order["order_total"].partition(".")[2]) == 14
    assert round(float(order["order_total"]) * 100) == sale.total
    assert order["created_at"] == f"{sale.placed_at:%Y-%m-%d %H:%M:%S}"
    assert order["issue_date"].endswith(("ص", "م"))
    assert not [key for key in order if "utm" in key or "referrer" in key]


async def test_cancelled_has_two_spellings(world):
    assert {"cancelled", "canceled"} <= {sale.state.status for sale in world.store_orders(STORE)}


async def test_marketplace_buyers_are_masked(sandbox):
    orders = await walk(sandbox(), payload_type="default")
    masked = {one["customer"]["name"] for one in orders if one["is_marketplace_order"]}
    assert masked == {"J*** D***"}


async def test_a_refresh_needs_redirect_uri_and_returns_three_secrets(sandbox, links):
    client, extra = sandbox(), links["zid_nakhla"]["extra"]
    form = {name: extra[name] for name in ("refresh_token", "client_id", "client_secret")}
    form["grant_type"] = "refresh_token"
    assert (await client.post(extra["token_url"], data=form)).status_code == 401
    form["redirect_uri"] = extra["redirect_uri"]
    fresh = (await client.post(extra["token_url"], data=form)).json()
    app = fresh.get("authorization") or fresh["Authorization"]
    assert (await get(client, "account/profile", secrets(fresh["access_token"], app))).status_code == 200
    assert (await get(client, "account/profile")).status_code == 302
    assert (await get(client, "account/profile", secrets(fresh["access_token"]))).status_code == 401
    assert fresh["expires_in"] > 30_000_000


async def test_a_fault_finds_a_store_by_its_token(sandbox):
    client = sandbox(Fault("zid", "redirect_to_login", account=STORE))
    assert (await get(client, "account/profile")).status_code == 302
    assert (await client.get(f"{BASE}/account/profile")).status_code == 401
