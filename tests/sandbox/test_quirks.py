import dataclasses
import json

import httpx
import pytest

from adsync_sandbox.faults.alterations import WHOLE, alterations
from adsync_sandbox.faults.headers import POISONED_ORDER, header_faults
from adsync_sandbox.faults.responses import replacement
from adsync_sandbox.faults.script import KINDS, SOURCES, Fault
from adsync_sandbox.generator.world import World
from adsync_sandbox.server.app import create_app
from adsync_sandbox.server.behavior import Behavior
from sandbox.quirks import ALWAYS, QUIRKS

SNAP = "8adc3db7-8148-4fbf-999c-8d2266369d01"
HEADERS = {
    "meta": {"Authorization": "Bearer sandbox-meta-token-of-acme"},
    "tiktok": {"Access-Token": "sandbox-tiktok-token-of-acme"},
    "snapchat": {"Authorization": "Bearer sandbox-snapchat-token-of-acme"},
    "salla": {"Authorization": "Bearer sandbox-salla-token-of-acme"},
    "zid": {
        "Authorization": "Bearer sandbox-zid-authorization-of-nakhla",
        "X-Manager-Token": "sandbox-zid-token-of-nakhla",
    },
    "shopify": {"X-Shopify-Access-Token": "sandbox-shopify-token-of-acme"},
}
STATS = {
    "granularity": "DAY",
    "breakdown": "campaign",
    "omit_empty": "true",
    "fields": "spend,conversion_purchases",
    "start_time": "2026-11-10T00:00:00+03:00",
    "end_time": "2026-11-20T00:00:00+03:00",
}
PATHS = {
    "meta": ("/meta/v26.0/act_901234567890/insights", {"level": "campaign", "time_increment": "1", "limit": "500"}),
    "tiktok": ("/tiktok/open_api/v1.3/campaign/get/", {"advertiser_id": "7000000000000000001"}),
    "snapchat": (f"/snapchat/v1/adaccounts/{SNAP}/stats", STATS),
    "salla": ("/salla/admin/v2/orders", {}),
    "zid": ("/zid/v1/managers/store/orders", {}),
    "woocommerce": ("/woocommerce/shop.nakhla.example/souq/wp-json/wc/v3/orders", {"per_page": "100"}),
}


async def call(client, source, links, **more):
    if source == "shopify":
        url = "/shopify/acme.myshopify.com/admin/api/2026-10/graphql.json"
        query = {"query": "{ orders(first: 9) { nodes { id name } } }"}
        return await client.post(url, json=query, headers=HEADERS[source])
    path, params = PATHS[source]
    link = links["woocommerce_nakhla"]
    auth = (link["login"], link["password"]) if source == "woocommerce" else None
    return await client.get(path, params={**params, **more}, headers=HEADERS.get(source), auth=auth)


def test_every_quirk_names_a_fault_of_its_source_or_a_setting():
    settings = {one.name for one in dataclasses.fields(Behavior)}
    for (source, _), ways in QUIRKS.items():
        for way in ways:
            what, _, name = way.partition(" ")
            assert (
                way == ALWAYS or (what == "fault" and source in KINDS[name]) or (what == "setting" and name in settings)
            )


def test_every_kind_of_fault_has_an_effect_for_each_of_its_sources():
    acts = {"token_dies", "app_removed", "answer_lost", "slow", POISONED_ORDER}
    for kind, sources in KINDS.items():
        for source in sources:
            does_not_answer = (
                kind in alterations(source) or kind in WHOLE or kind in header_faults(source) or kind in acts
            )
            assert (replacement(Fault(source, kind)) is not None) != does_not_answer, (kind, source)


def test_every_kind_of_fault_reproduces_a_quirk_or_is_of_general_use():
    used = {way.removeprefix("fault ") for ways in QUIRKS.values() for way in ways}
    assert set(KINDS) - used == {"http_429", "added_field", "null_field"}


@pytest.mark.parametrize("source", SOURCES)
async def test_every_source_responds_and_every_common_fault_applies(sandbox, links, source):
    assert (await call(sandbox(), source, links)).status_code == 200
    for kind, status in (("http_429", 429), ("server_error", 500), ("unavailable", 503), ("html", 200)):
        answer = await call(sandbox(Fault(source, kind, wait=9)), source, links)
        assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("source", ["meta", "snapchat", "salla", "zid", "shopify", "tiktok"])
async def test_a_token_that_expires_during_a_run_stays_expired(sandbox, links, source):
    client = sandbox(Fault(source, "token_dies", calls=(2,)))
    answers = [await call(client, source, links) for _ in range(3)]
    assert answers[0].text != answers[1].text == answers[2].text
    expected = {"tiktok": 200, "zid": 302}.get(source, 401)
    assert [one.status_code for one in answers] == [200, expected, expected]


@pytest.mark.parametrize(
    ("source", "status"),
    [("meta", 400), ("snapchat", 429), ("salla", 429), ("zid", 429), ("woocommerce", 429), ("shopify", 200)],
)
async def test_a_rate_limit_has_a_wait_only_if_the_platform_states_it(sandbox, links, source, status):
    answer = await call(sandbox(Fault(source, "rate_limited")), source, links)
    assert (answer.status_code, "Retry-After" in answer.headers) == (status, False)
    answer = await call(sandbox(Fault(source, "rate_limited", wait=30)), source, links)
    assert ("Retry-After" in answer.headers) == (status == 429)


@pytest.mark.parametrize(("source", "header"), [("snapchat", "X-Rate-Limit-Reset"), ("salla", "X-RateLimit-Reset")])
async def test_a_rate_limit_may_have_only_a_reset_time(sandbox, links, source, header):
    answer = await call(sandbox(Fault(source, "rate_limit_reset", wait=60)), source, links)
    assert answer.status_code == 429
    assert int(answer.headers[header]) > 1_700_000_000
    assert "Retry-After" not in answer.headers


async def test_a_success_may_contain_an_error(sandbox, links):
    snap = await call(sandbox(Fault("snapchat", "partial_success")), "snapchat", links)
    assert snap.json()["timeseries_stats"][0]["sub_request_status"] == "ERROR"
    inside = await call(sandbox(Fault("snapchat", "error_inside")), "snapchat", links)
    assert (inside.status_code, inside.json()["request_status"]) == (200, "ERROR")
    tiktok = (await call(sandbox(Fault("tiktok", "partial_success")), "tiktok", links)).json()
    assert tiktok["code"] == 20001
    assert tiktok["data"]["list"]
    shopify = (await call(sandbox(Fault("shopify", "partial_success")), "shopify", links)).json()
    assert shopify["data"]
    assert shopify["errors"]
    salla = await call(sandbox(Fault("salla", "error_inside")), "salla", links)
    assert (salla.status_code, salla.json()["success"], salla.json()["error"]["code"]) == (200, True, 404)


async def test_a_breakdown_may_be_empty_and_a_day_restated_or_withdrawn(sandbox, links):
    def days(answer):
        parts = answer.json()["timeseries_stats"][0]["timeseries_stat"]["breakdown_stats"]["campaign"]
        return [day for part in parts for day in part["timeseries"]]

    right = days(await call(sandbox(), "snapchat", links))
    hollow = days(await call(sandbox(Fault("snapchat", "empty_breakdown")), "snapchat", links))
    assert {json.dumps(day["stats"]) for day in hollow} == {"{}"}
    fault = Fault("snapchat", "restated_day", day="2026-11-12", percent=300)
    for old, new in zip(right, days(await call(sandbox(fault), "snapchat", links)), strict=True):
        factor = 3 if old["start_time"].startswith("2026-11-12") else 1
        assert new["stats"].get("conversion_purchases", 0) == factor * old["stats"].get("conversion_purchases", 0)
        assert new["stats"]["spend"] == old["stats"]["spend"]
    left = days(await call(sandbox(Fault("snapchat", "withdrawn_day", day="2026-11-12")), "snapchat", links))
    assert left == [day for day in right if not day["start_time"].startswith("2026-11-12")]


async def test_meta_warns_in_minutes_and_in_seconds(sandbox, links):
    answer = await call(sandbox(Fault("meta", "usage_in_minutes", wait=600)), "meta", links)
    (usage,) = json.loads(answer.headers["X-Business-Use-Case-Usage"]).values()
    assert (usage[0]["call_count"], usage[0]["estimated_time_to_regain_access"]) == (97, 10)
    answer = await call(sandbox(Fault("meta", "usage_in_seconds", wait=600)), "meta", links)
    assert json.loads(answer.headers["X-Ad-Account-Usage"])["reset_time_duration"] == 600


@pytest.mark.parametrize("kind", ["job_failed", "job_skipped", "job_stuck"])
async def test_a_report_run_may_fail(sandbox, kind):
    client, token = sandbox(Fault("meta", kind), polls_until_ready=0), {"access_token": "sandbox-meta-token-of-acme"}
    created = await client.post("/meta/v26.0/act_901234567890/insights", data={**token, "level": "campaign"})
    answer = await client.get(f"/meta/v26.0/{created.json()['report_run_id']}", params=token)
    assert answer.json()["async_status"] in {"Job Failed", "Job Skipped", "Job Running"}


async def test_tiktok_may_report_incomplete_data_in_a_header(sandbox, links):
    answer = await call(sandbox(Fault("tiktok", "incomplete")), "tiktok", links)
    assert answer.json()["code"] == 0
    assert "20k" in answer.headers["X-Tt-Ads-Throttle"]


async def test_a_long_span_may_time_out_and_a_short_one_not(sandbox, links):
    client = sandbox(Fault("snapchat", "too_much_data", above=7))
    assert (await call(client, "snapchat", links)).status_code == 504
    assert (await call(client, "snapchat", links, end_time="2026-11-14T00:00:00+03:00")).status_code == 200


async def test_a_host_may_strip_headers_prefix_json_and_block_calls(sandbox, links):
    stripped = await call(sandbox(Fault("woocommerce", "headers_stripped")), "woocommerce", links)
    assert not {"X-WP-Total", "X-WP-TotalPages", "Link"} & set(stripped.headers)
    dirty = await call(sandbox(Fault("woocommerce", "dirty_json")), "woocommerce", links)
    with pytest.raises(json.JSONDecodeError):
        dirty.json()
    away = await call(sandbox(Fault("woocommerce", "firewall")), "woocommerce", links)
    assert (away.status_code, away.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert (await call(sandbox(Fault("woocommerce", "redirect_to_login")), "woocommerce", links)).status_code == 302
    numbers = await call(sandbox(Fault("woocommerce", "numbers_for_texts")), "woocommerce", links)
    assert isinstance(numbers.json()[0]["total"], float)


async def test_one_order_may_fail_its_page_and_another_change_without_a_date(sandbox, links):
    row = (await call(sandbox(), "woocommerce", links)).json()[3]
    number = str(row["id"])
    client = sandbox(Fault("woocommerce", "poisoned_order", field=number))
    assert (await call(client, "woocommerce", links)).status_code == 500
    assert (await call(client, "woocommerce", links, per_page="3")).status_code == 200
    client = sandbox(Fault("woocommerce", "unstamped_change", field=number))
    changed = (await call(client, "woocommerce", links)).json()[3]
    assert (changed["status"], changed["date_modified_gmt"]) == ("cancelled", row["date_modified_gmt"])


async def test_a_list_may_repeat_a_row_and_omit_another(sandbox, links):
    rows = (await call(sandbox(Fault("zid", "repeated_row")), "zid", links)).json()["orders"]
    assert rows[0] == rows[-1]


async def test_a_lost_response_raises_in_memory(sandbox, links):
    with pytest.raises(httpx.ReadError):
        await call(sandbox(Fault("zid", "answer_lost")), "zid", links)


async def test_a_valid_meta_token_is_exchanged(sandbox, links):
    now = [1_000_000.0]
    client, link = sandbox(clock=lambda: now[0]), links["meta_juniper"]
    app, secret = link["extra"]["app_id"], link["extra"]["app_secret"]
    form = {"grant_type": "fb_exchange_token", "client_id": app, "client_secret": secret}
    form["fb_exchange_token"] = link["password"]
    inspection = {"input_token": link["password"], "access_token": f"{app}|{secret}"}
    token = (await client.get("/meta/debug_token", params=inspection)).json()["data"]
    assert (token["is_valid"], token["expires_at"]) == (True, 1_000_000 + 60 * 86_400)
    fresh = (await client.get("/meta/oauth/access_token", params=form)).json()
    assert fresh["expires_in"] == 60 * 86_400
    now[0] += 61 * 86_400
    dead = await client.get("/meta/oauth/access_token", params=form)
    assert (dead.status_code, dead.json()["error"]["code"]) == (400, 190)
    assert not (await client.get("/meta/debug_token", params=inspection)).json()["data"]["is_valid"]
    assert (await client.get("/meta/v26.0/oauth/access_token", params={**form, "client_secret": "x"})).json()["error"]


async def test_calls_are_counted_by_account(sandbox, links):
    client = sandbox()
    for source in ("snapchat", "salla", "zid", "woocommerce", "meta"):
        await call(client, source, links)
    accounts = (await client.get("/calls")).json()["accounts"]
    assert accounts["snapchat"] == {SNAP: 1}
    assert accounts["salla"] == {"1305146709": 1}
    assert accounts["zid"] == {"394106": 1}
    assert accounts["woocommerce"] == {"shop.nakhla.example": 1}
    assert accounts["meta"] == {"901234567890": 1}


async def test_a_large_snapchat_account_takes_one_call(small_world):
    large = World.create(1, small_world.now, days=30, orders=0, campaigns_per_account=500)
    app = create_app(large)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sandbox") as client:
        params = {**STATS, "start_time": "2026-10-24T00:00:00+03:00", "end_time": "2026-11-23T00:00:00+03:00"}
        answer = await client.get(PATHS["snapchat"][0], params=params, headers=HEADERS["snapchat"])
    stat = answer.json()["timeseries_stats"][0]["timeseries_stat"]
    parts = stat["breakdown_stats"]["campaign"]
    assert "paging" not in stat
    assert len(parts) >= 500
    assert sum(len(part["timeseries"]) for part in parts) > 14_900


def test_a_large_store_has_ten_thousand_changed_orders(small_world):
    large = World.create(1, small_world.now, days=32, orders=0, sales=345)
    assert len(large.store_orders("shop.juniper.example")) >= 10_000
