from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from adsync_sandbox.platforms.registry import STORES
from adsync_sandbox.platforms.woocommerce.api import consumer_key, consumer_secret
from adsync_sandbox.platforms.woocommerce.orders import order_row

NAKHLA, JUNIPER = (store for store in STORES if store.platform == "woocommerce")
SOUQ = "/woocommerce/shop.nakhla.example/souq"
ORDERS = f"{SOUQ}/wp-json/wc/v3/orders"
META = "_wc_order_attribution_"


def keys(store=NAKHLA, kind="read"):
    return consumer_key(store, kind), consumer_secret(store, kind)


async def orders(client, **params):
    answer = await client.get(ORDERS, params=params, auth=keys())
    assert answer.status_code == 200, answer.text
    return answer.json()


async def everything(client, **params):
    found, number = [], 1
    while page := await orders(client, per_page=100, page=number, orderby="id", order="asc", **params):
        found, number = found + page, number + 1
    return found


def meta(order):
    return {one["key"].removeprefix(META): one["value"] for one in order["meta_data"]}


async def test_the_index_needs_no_key_and_has_the_zone(sandbox):
    index = (await sandbox().get(f"{SOUQ}/wp-json/")).json()
    assert (index["timezone_string"], index["gmt_offset"]) == ("Asia/Riyadh", 3.0)
    assert "wc/v3" in index["namespaces"]
    assert index["url"].endswith("/souq")


@pytest.mark.parametrize(
    ("auth", "status", "code"),
    [
        (None, 401, "woocommerce_rest_cannot_view"),
        (("ck_unknown", "cs"), 401, "woocommerce_rest_cannot_view"),
        ((consumer_key(NAKHLA), "cs_wrong"), 401, "woocommerce_rest_authentication_error"),
        (keys(kind="write"), 401, "woocommerce_rest_authentication_error"),
        (keys(kind="powerless"), 403, "woocommerce_rest_cannot_view"),
        (keys(JUNIPER), 401, "woocommerce_rest_cannot_view"),
    ],
)
async def test_a_key_is_rejected_in_four_ways(sandbox, auth, status, code):
    answer = await sandbox().get(ORDERS, auth=auth)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["data"] == {"status": status}


async def test_keys_may_be_in_the_query(sandbox):
    key, secret = keys()
    params = {"consumer_key": key, "consumer_secret": secret}
    assert (await sandbox().get(ORDERS, params=params)).status_code == 200


async def test_a_site_with_plain_permalinks_has_its_routes_in_a_parameter(sandbox):
    client, root = sandbox(), "/woocommerce/shop.juniper.example"
    assert (await client.get(f"{root}/wp-json/wc/v3/orders", auth=keys(JUNIPER))).json()["code"] == "rest_no_route"
    params = {"rest_route": "/wc/v3/orders", "per_page": 3}
    answer = await client.get(f"{root}/index.php/wp-json/wc/", params=params, auth=keys(JUNIPER))
    assert len(answer.json()) == 3
    assert (
        len(
            (
                await client.get(f"{root}/?rest_route=/wc/v3/orders&per_page=3&via=wp-json/wc/", auth=keys(JUNIPER))
            ).json()
        )
        == 3
    )
    assert parse_qs(urlsplit(answer.links["next"]["url"]).query)["rest_route"] == ["/wc/v3/orders"]


async def test_keys_are_looked_at_only_if_the_address_contains_wp_json_wc(sandbox):
    client, root = sandbox(), "/woocommerce/shop.juniper.example"
    answer = await client.get(f"{root}/?rest_route=/wc/v3/orders", auth=keys(JUNIPER))
    assert (answer.status_code, answer.json()["code"]) == (401, "woocommerce_rest_cannot_view")


async def test_the_currency_has_its_own_route(sandbox):
    answer = await sandbox().get(f"{SOUQ}/wp-json/wc/v3/data/currencies/current", auth=keys())
    assert answer.json()["code"] == "AED"


async def test_pages_add_up_to_every_order_except_trash_and_drafts(sandbox, small_world):
    client = sandbox()
    sales = small_world.store_orders(NAKHLA.id)
    found = await everything(client)
    assert [one["id"] for one in found] == [
        sale.id
        for sale in sorted(sales, key=lambda one: one.id)
        if sale.state.status not in {"trash", "checkout-draft"}
    ]
    trashed = await everything(client, status="trash")
    assert {one["id"] for one in trashed} == {sale.id for sale in sales if sale.state.status == "trash"}


async def test_a_page_has_ten_rows_by_default_and_at_most_a_hundred(sandbox):
    client = sandbox()
    answer = await client.get(ORDERS, auth=keys())
    assert len(answer.json()) == 10
    assert int(answer.headers["X-WP-TotalPages"]) == -(-int(answer.headers["X-WP-Total"]) // 10)
    wrong = await client.get(ORDERS, params={"per_page": 101}, auth=keys())
    assert (wrong.status_code, wrong.json()["code"]) == (400, "rest_invalid_param")
    assert await orders(client, page=10_000) == []


@pytest.mark.parametrize(
    ("value", "gmt", "hours"),
    [
        ("2026-11-10T00:00:00", "true", 0),
        ("2026-11-10T00:00:00Z", "false", 0),
        ("2026-11-10T00:00:00Z", "true", 3),
        ("2026-11-10T00:00:00", "false", -3),
    ],
)
async def test_a_value_with_an_offset_is_compared_in_the_sites_local_time(sandbox, small_world, value, gmt, hours):
    bound = datetime.fromisoformat("2026-11-10T00:00:00+00:00") + timedelta(hours=hours)
    found = await everything(sandbox(), modified_after=value, dates_are_gmt=gmt)
    assert {one["id"] for one in found} == {
        sale.id
        for sale in small_world.store_orders(NAKHLA.id)
        if sale.state.updated_at > bound and sale.state.status not in {"trash", "checkout-draft"}
    }


async def test_bounds_are_exclusive_on_both_sides(sandbox):
    client = sandbox()
    three = await orders(client, orderby="modified", order="asc", per_page=3, dates_are_gmt="true")
    first, middle, last = (one["date_modified_gmt"] for one in three)
    bounds = {"modified_after": first, "modified_before": last, "dates_are_gmt": "true"}
    assert [one["date_modified_gmt"] for one in await orders(client, **bounds)] == [middle]


@pytest.mark.parametrize("wrong", [{"modified_after": "2026-11-10"}, {"orderby": "colour"}, {"order": "up"}])
async def test_a_wrong_parameter_is_400(sandbox, wrong):
    answer = await sandbox().get(ORDERS, params=wrong, auth=keys())
    assert (answer.status_code, answer.json()["code"]) == (400, "rest_invalid_param")


async def test_after_filters_by_creation_and_an_old_store_has_no_other_filter(sandbox):
    created = await everything(sandbox(), after="2026-11-15T00:00:00", dates_are_gmt="true")
    assert min(one["date_created_gmt"] for one in created) > "2026-11-15"
    params = {"modified_after": "2026-11-21T00:00:00", "dates_are_gmt": "true"}
    some = await everything(sandbox(), **params)
    every = await everything(sandbox(woocommerce_knows_modified=False), **params)
    assert len(some) < len(every) == len(await everything(sandbox()))


async def test_fields_and_metadata_are_omitted_on_request(sandbox):
    params = {"_fields": "id,meta_data", "include_meta": f"{META}source_type", "per_page": 100}
    found = await orders(sandbox(), **params)
    assert {tuple(one) for one in found} == {("id", "meta_data")}
    assert {entry["key"] for one in found for entry in one["meta_data"]} == {f"{META}source_type"}


async def test_writes_while_paging_lose_rows_with_page_numbers(sandbox):
    window = {"modified_before": "2026-11-22T09:30:00", "dates_are_gmt": "true"}
    calm = await _by_page(sandbox(), **window)
    moved = await _by_page(sandbox(writes_during_paging=3), **window)
    assert len(set(moved)) < len(calm)


async def _by_page(client, **window):
    found, number = [], 1
    while page := await orders(client, per_page=25, page=number, orderby="modified", order="asc", **window):
        found, number = found + [one["id"] for one in page], number + 1
    return found


async def test_an_order_has_every_time_twice_and_negative_refunds(sandbox, small_world):
    found = {one["id"]: one for one in await everything(sandbox())}
    refunded = next(one for one in found.values() if one["refunds"])
    assert refunded["refunds"][0]["total"].startswith("-")
    sale = next(one for one in small_world.store_orders(NAKHLA.id) if one.id == refunded["id"])
    local = datetime.fromisoformat(refunded["date_created"]) - datetime.fromisoformat(refunded["date_created_gmt"])
    assert local == timedelta(hours=3)
    assert int(refunded["total"].replace(".", "")) == sale.total
    answer = await sandbox().get(f"{ORDERS}/{sale.id}/refunds", auth=keys())
    assert not answer.json()[0]["amount"].startswith("-")


async def test_an_unknown_order_has_its_own_404(sandbox):
    answer = await sandbox().get(f"{ORDERS}/1", auth=keys())
    assert (answer.status_code, answer.json()["code"]) == (404, "woocommerce_rest_shop_order_invalid_id")


async def test_the_touch_has_the_scripts_quirks(world):
    sales = [one for store in (NAKHLA, JUNIPER) for one in world.store_orders(store.id)]
    found = {}
    for sale in sales:
        found.setdefault(sale.kind, meta(order_row(sale, sale.placed_at, world.now.tzinfo, {})))
    assert found["doubled_source"]["utm_source"] == "fb,fb"
    assert "utm_source" not in found["campaign_without_source"]
    assert (found["typed_in"]["source_type"], found["typed_in"]["utm_source"]) == ("typein", "(direct)")
    assert found["google_click_id"]["utm_campaign"] == "google_cpc"
    assert "session_start_time" not in found["tags_of_the_app"]
    assert "source_type" not in found["nothing_known"]
    assert isinstance(found["typed_in"]["_national_id"], dict)


async def test_of_a_duplicate_key_the_highest_id_is_valid(world):
    sale = next(one for one in world.store_orders(NAKHLA.id) if one.kind == "written_twice")
    row = order_row(sale, sale.placed_at, world.now.tzinfo, {})
    twice = [one for one in row["meta_data"] if one["key"] == f"{META}utm_campaign"]
    assert len(twice) == 2
    assert max(twice, key=lambda one: one["id"])["value"] == sale.journey.visits[0].utm.campaign
