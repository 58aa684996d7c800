import json
from time import perf_counter

import pytest

from adsync_sandbox.faults.alterations import altered
from adsync_sandbox.faults.script import BadScript, Fault, load

META = ("/meta/v26.0/act_901234567890/insights", {"access_token": "sandbox-meta-token-of-acme", "level": "campaign"})
TIKTOK = "/tiktok/open_api/v1.3/campaign/get/"
SHOPIFY = "/shopify/acme.myshopify.com/admin/api/2026-10/graphql.json"


async def meta(client, **more):
    path, params = META
    return await client.get(path, params={**params, "time_increment": "1", "fields": "actions,spend", **more})


async def tiktok(client):
    headers = {"Access-Token": "sandbox-tiktok-token-of-acme"}
    return await client.get(TIKTOK, params={"advertiser_id": "7000000000000000001"}, headers=headers)


async def shopify(client):
    headers = {"X-Shopify-Access-Token": "sandbox-shopify-token-of-acme"}
    return await client.post(SHOPIFY, json={"query": "{ orders(first: 2) { nodes { id name } } }"}, headers=headers)


async def test_a_fault_applies_to_the_call_it_names(sandbox):
    client = sandbox(Fault("meta", "server_error", path="/insights", account="901234567890", calls=(2,)))
    assert [(await meta(client)).status_code for _ in range(3)] == [200, 500, 200]
    assert (await tiktok(client)).status_code == 200
    assert [one["used"] for one in (await client.get("/faults")).json()] == [1]


async def test_calls_are_counted_by_source(sandbox):
    client = sandbox()
    await meta(client)
    await tiktok(client)
    await tiktok(client)
    counted = (await client.get("/calls")).json()
    assert [counted[source] for source in ("meta", "tiktok", "shopify", "zid")] == [1, 2, 0, 0]
    assert (await client.get("/health")).json() == {"ok": True}


async def test_two_faults_apply_to_their_own_calls(sandbox):
    client = sandbox(Fault("meta", "server_error", calls=(1,)), Fault("meta", "http_429", calls=(2,)))
    assert [(await meta(client)).status_code for _ in range(3)] == [500, 429, 200]


async def test_each_platform_has_its_own_rate_limit_response(sandbox):
    limited = sandbox(*(Fault(source, "rate_limited", wait=120) for source in ("meta", "tiktok", "shopify")))
    answer = await meta(limited)
    usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 80000)
    assert next(iter(usage.values()))[0]["estimated_time_to_regain_access"] == 2
    assert (await tiktok(limited)).json()["code"] == 40100
    cost = (await shopify(limited)).json()["extensions"]["cost"]
    status = cost["throttleStatus"]
    assert (cost["requestedQueryCost"] - status["currentlyAvailable"]) / status["restoreRate"] == pytest.approx(120)


async def test_a_rate_limit_may_lack_a_wait(sandbox):
    answer = await meta(sandbox(Fault("meta", "rate_limited")))
    assert "X-Business-Use-Case-Usage" not in answer.headers
    assert "Retry-After" not in (await meta(sandbox(Fault("meta", "http_429")))).headers
    assert (await meta(sandbox(Fault("meta", "http_429", wait=7)))).headers["Retry-After"] == "7"


async def test_each_platform_has_its_own_response_to_an_expired_token(sandbox):
    client = sandbox(*(Fault(source, "token_expired") for source in ("meta", "tiktok", "shopify")))
    assert (await meta(client)).json()["error"]["code"] == 190
    assert (await tiktok(client)).json()["code"] == 40105
    assert (await shopify(client)).status_code == 401


async def test_each_platform_has_its_own_response_to_too_much_data(sandbox):
    client = sandbox(*(Fault(source, "too_much_data") for source in ("meta", "tiktok", "shopify")))
    assert (await meta(client)).json()["error"]["code"] == 1
    assert (await tiktok(client)).json()["code"] == 51001
    assert (await shopify(client)).json()["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


async def test_a_truncated_body_is_invalid_json(sandbox):
    answer = await meta(sandbox(Fault("meta", "truncated")))
    with pytest.raises(json.JSONDecodeError):
        answer.json()


async def test_a_slow_page_is_delayed_and_correct(sandbox):
    started = perf_counter()
    answer = await meta(sandbox(Fault("meta", "slow", wait=0.05)))
    assert answer.json()["data"]
    assert perf_counter() - started >= 0.05


async def test_fields_are_added_and_missing(sandbox):
    client = sandbox(Fault("meta", "missing_field", field="spend"), Fault("shopify", "added_field", field="colour"))
    assert all("spend" not in row for row in (await meta(client)).json()["data"])
    assert all("colour" in node for node in (await shopify(client)).json()["data"]["orders"]["nodes"])


async def test_a_field_is_null_in_one_record(sandbox):
    rows = (await meta(sandbox(Fault("meta", "null_field", field="spend")))).json()["data"]
    assert [row["spend"] is None for row in rows] == [True, *([False] * (len(rows) - 1))]
    named = Fault("meta", "null_field", field="spend", record=f'"{rows[1]["spend"]}"')
    changed = (await meta(sandbox(named))).json()["data"]
    assert [row["spend"] is None for row in changed].index(True) == 1


async def test_a_restated_day_claims_more_and_other_days_do_not(sandbox, small_world):
    day = small_world.today("Asia/Riyadh").isoformat()
    span = {"time_range": json.dumps({"since": "2026-11-20", "until": day}), "limit": "500"}
    before = (await meta(sandbox(), **span)).json()["data"]
    after = (await meta(sandbox(Fault("meta", "restated_day", day="2026-11-21", percent=200)), **span)).json()["data"]
    for old, new in zip(before, after, strict=True):
        counts = [{entry["action_type"]: int(entry["value"]) for entry in row["actions"]} for row in (old, new)]
        factor = 2 if old["date_start"] == "2026-11-21" else 1
        assert counts[1].get("omni_purchase", 0) == factor * counts[0].get("omni_purchase", 0)
        assert old["spend"] == new["spend"]


def test_a_restated_day_is_restated_in_a_downloaded_report_too():
    fault = Fault("tiktok", "restated_day", day="2026-11-21", percent=200)
    head = "campaign_id,stat_time_day,complete_payment,total_complete_payment_rate\n"
    lines = "1,2026-11-21 00:00:00,{},{}\n2,2026-11-20 00:00:00,3,30.00\n3,2026-11-21 00:00:00,-,-\n"
    assert altered(fault, (head + lines.format("2", "10.05")).encode()).decode() == head + lines.format("4", "20.10")


def test_a_script_is_read_from_yaml_or_json(tmp_path):
    script = tmp_path / "faults.yaml"
    script.write_text(
        "- {source: meta, kind: rate_limited, calls: [1, 2], wait: 60}\n"
        "- {source: tiktok, kind: restated_day, day: 2026-11-20}\n"
    )
    assert load(script) == (
        Fault("meta", "rate_limited", calls=(1, 2), wait=60),
        Fault("tiktok", "restated_day", day="2026-11-20"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {source: meta, kind: rude}", "fault 1: unknown `kind`: 'rude'"),
        ("- {source: myspace, kind: slow}", "fault 1: unknown `source`: 'myspace'"),
        ("- {source: meta, kind: slow, colour: red}", "unknown keys colour"),
        ("source: meta", "a list of faults"),
        ("- [", "faults.yaml"),
    ],
)
def test_an_invalid_script_is_reported_with_its_place(tmp_path, text, message):
    script = tmp_path / "faults.yaml"
    script.write_text(text)
    with pytest.raises(BadScript, match=message):
        load(script)
