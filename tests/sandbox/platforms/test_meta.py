import hashlib
import hmac
import json
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest

from adsync_sandbox.expected.key import answer_key

ACME, EXPORT, GULF, JUNIPER = "act_901234567890", "act_901234567891", "act_902345678902", "act_903456789012"
PRECEDENCE = ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase")
DAILY = {
    "level": "campaign",
    "time_increment": "1",
    "fields": "campaign_id,impressions,clicks,spend,actions,action_values",
}


def token(workspace):
    return {"access_token": f"sandbox-meta-token-of-{workspace}"}


def days(since, until):
    return {"time_range": json.dumps({"since": str(since), "until": str(until)})}


async def pages(client, path, params):
    while True:
        answer = (await client.get(path, params=params)).json()
        yield answer["data"]
        if "next" not in answer.get("paging", {}):
            return
        params = {**params, "after": answer["paging"]["cursors"]["after"]}


async def rows_of(client, path, params):
    return [row async for page in pages(client, path, params) for row in page]


@pytest.fixture
def window(small_world):
    today = small_world.today("Asia/Riyadh")
    return days(today - timedelta(days=59), today)


async def test_an_account_returns_the_requested_fields(sandbox):
    params = {**token("acme"), "fields": "account_id,currency,timezone_name,account_status"}
    answer = await sandbox().get(f"/meta/v26.0/{ACME}", params=params)
    assert answer.json() == {
        "id": ACME,
        "account_id": "901234567890",
        "currency": "SAR",
        "timezone_name": "Asia/Riyadh",
        "account_status": 1,
    }


async def test_a_token_is_accepted_as_header_and_as_parameter(sandbox):
    headers = {"Authorization": f"Bearer {token('acme')['access_token']}"}
    assert (await sandbox().get(f"/meta/v26.0/{ACME}", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        (f"v26.0/{ACME}", {"access_token": "stolen"}, 190),
        (f"v26.0/{ACME}", {}, 190),
        (f"v26.0/{ACME}", token("nakhla"), 200),
        ("v26.0/act_1/insights", token("acme"), 200),
        (f"v24.0/{ACME}", token("acme"), 2635),
        (f"v26.0/{ACME}", {**token("acme"), "fields": "favourite_colour"}, 100),
        (f"v26.0/{ACME}/insights", {**token("acme"), "fields": "revenue"}, 100),
        (f"v26.0/{ACME}/insights", {**token("acme"), "time_range": "yesterday"}, 100),
        (f"v26.0/{ACME}/insights", {**token("acme"), **days("2026-02-02", "2026-02-01")}, 100),
        (f"v26.0/{ACME}/insights", {**token("acme"), **days("2023-10-21", "2023-10-21")}, 3018),
        (f"v26.0/{ACME}/insights", {**token("acme"), "after": "bm9uc2Vuc2U="}, 2642),
        (f"v26.0/{JUNIPER}", token("juniper"), 104),
        ("v26.0/123/insights", token("acme"), 100),
    ],
)
async def test_each_invalid_call_has_its_own_code(sandbox, path, params, code):
    answer = await sandbox().get(f"/meta/{path}", params=params)
    assert answer.status_code in {400, 401, 403}
    assert answer.json()["error"]["code"] == code


async def test_37_months_are_available(sandbox):
    answer = await sandbox().get(
        f"/meta/v26.0/{ACME}/insights", params={**token("acme"), **days("2023-10-22", "2023-10-30")}
    )
    assert answer.json() == {"data": []}


async def test_an_account_with_a_secret_requires_the_proof(sandbox):
    word = token("juniper")["access_token"]
    proof = hmac.new(b"fern-and-moss", word.encode(), hashlib.sha256).hexdigest()
    params = {"access_token": word, "appsecret_proof": proof, "fields": "name"}
    assert (await sandbox().get(f"/meta/v26.0/{JUNIPER}", params=params)).json()["name"] == "Juniper US"


async def test_the_campaign_list_hides_archived_ones_unless_asked_and_deleted_ones_always(sandbox):
    params = {**token("acme"), "fields": "effective_status", "limit": "100"}
    client, path = sandbox(), f"/meta/v26.0/{ACME}/campaigns"
    unasked = {row["effective_status"] for row in await rows_of(client, path, params)}
    asked = {**params, "effective_status": '["ACTIVE","PAUSED","ARCHIVED","DELETED"]'}
    found = {row["effective_status"] for row in await rows_of(client, path, asked)}
    assert "ARCHIVED" not in unasked
    assert "ARCHIVED" in found
    assert "DELETED" not in unasked | found


async def test_a_budget_is_in_minor_units_and_absent_if_ad_sets_have_it(sandbox):
    rows = await rows_of(sandbox(), f"/meta/v26.0/{ACME}/campaigns", {**token("acme"), "fields": "daily_budget"})
    budgets = [row.get("daily_budget") for row in rows]
    assert None in budgets
    assert all(budget.isdigit() for budget in budgets if budget)


async def test_a_page_has_25_rows_by_default_and_at_most_1000(sandbox, window):
    client, path = sandbox(), f"/meta/v26.0/{ACME}/insights"
    sizes = [
        len((await client.get(path, params={**token("acme"), **DAILY, **window, **limit})).json()["data"])
        for limit in ({}, {"limit": "100"}, {"limit": "5000"})
    ]
    assert sizes[:2] == [25, 100]
    assert 100 < sizes[2] <= 1000


async def test_pages_add_up_to_the_whole_and_next_has_the_token(sandbox, window):
    client, path = sandbox(short_first_pages=True), f"/meta/v26.0/{ACME}/insights"
    params = {**token("acme"), **DAILY, **window}
    first = (await client.get(path, params={**params, "limit": "60"})).json()
    assert len(first["data"]) == 30
    assert token("acme")["access_token"] in first["paging"]["next"]
    assert (await client.get(first["paging"]["next"])).json()["data"]
    assert await rows_of(client, path, {**params, "limit": "60"}) == await rows_of(
        client, path, {**params, "limit": "900"}
    )


async def test_insights_equal_the_answer_key(sandbox, small_world, window):
    """Read the way the contract says: one purchase type per account, the first it ever reports."""
    for account, workspace in ((ACME, "acme"), (EXPORT, "acme"), (GULF, "nakhla")):
        params = {**token(workspace), **DAILY, **window, "limit": "500"}
        rows = await rows_of(sandbox(), f"/meta/v26.0/{account}/insights", params)
        seen = {entry["action_type"] for row in rows for entry in row.get("actions", ())}
        kind = next(one for one in PRECEDENCE if one in seen)
        read = {(row["campaign_id"], row["date_start"]): _measures(row, kind) for row in rows}
        assert read == _expected(small_world, account.removeprefix("act_"))
        assert len(rows) == len(read)


def _measures(row, kind):
    count, value = (
        next((Decimal(entry["value"]) for entry in row.get(name, ()) if entry["action_type"] == kind), Decimal(0))
        for name in ("actions", "action_values")
    )
    return int(row["impressions"]), int(row["clicks"]), Decimal(row["spend"]), count, value


def _expected(world, account_id):
    return {
        (row["campaign_id"], row["date"]): (
            *(row["impressions"], row["clicks"], Decimal(row["spend"])),
            *(row["conversions"], Decimal(row["revenue"])),
        )
        for row in answer_key(world)["campaign_days"]
        if row["account_id"] == account_id
    }


async def test_reported_roas_is_value_over_spend_of_each_action_type(sandbox, window):
    fields = "spend,action_values,purchase_roas,website_purchase_roas"
    params = {**token("acme"), **DAILY, **window, "fields": fields, "limit": "500"}
    rows = await rows_of(sandbox(), f"/meta/v26.0/{ACME}/insights", params)
    found = [(row, _by_type(row, "purchase_roas"), _by_type(row, "website_purchase_roas")) for row in rows]
    for row, whole, website in found:
        shares = {kind: value / Decimal(row["spend"]) for kind, value in _by_type(row, "action_values").items()}
        assert whole | website == {kind: round(share, 6) for kind, share in shares.items()}
    assert {kind for _, _, website in found for kind in website} == {"offsite_conversion.fb_pixel_purchase"}
    assert {kind for _, whole, _ in found for kind in whole} > {"omni_purchase", "purchase"}


def _by_type(row, name):
    return {entry["action_type"]: Decimal(entry["value"]) for entry in row.get(name, ())}


async def test_one_account_reports_no_omni_purchase(sandbox, window):
    params = {**token("nakhla"), **DAILY, **window, "limit": "500"}
    rows = await rows_of(sandbox(), f"/meta/v26.0/{GULF}/insights", params)
    kinds = {entry["action_type"] for row in rows for entry in row.get("actions", ())}
    assert "purchase" in kinds
    assert "omni_purchase" not in kinds


async def test_the_same_purchase_occurs_under_several_types(sandbox, window):
    rows = await rows_of(sandbox(), f"/meta/v26.0/{ACME}/insights", {**token("acme"), **DAILY, **window})
    counts = {entry["action_type"]: entry["value"] for entry in rows[0]["actions"]}
    assert counts["omni_purchase"] == counts["purchase"] >= counts["offsite_conversion.fb_pixel_purchase"]


async def test_without_increment_the_span_is_one_row_a_campaign(sandbox, window):
    daily, whole = defaultdict(Decimal), {}
    params = {**token("acme"), **DAILY, **window, "limit": "900"}
    for row in await rows_of(sandbox(), f"/meta/v26.0/{ACME}/insights", params):
        daily[row["campaign_id"]] += Decimal(row["spend"])
    for row in await rows_of(sandbox(), f"/meta/v26.0/{ACME}/insights", {**params, "time_increment": "all_days"}):
        whole[row["campaign_id"]] = Decimal(row["spend"])
    assert whole == daily


async def test_filtering_by_campaign_returns_only_those(sandbox, small_world, window):
    wanted = [one.id for one in small_world.campaigns("901234567890")[:2]]
    filtering = json.dumps([{"field": "campaign.id", "operator": "IN", "value": wanted}])
    params = {**token("acme"), **DAILY, **window, "filtering": filtering}
    rows = await rows_of(sandbox(), f"/meta/v26.0/{ACME}/insights", params)
    assert {row["campaign_id"] for row in rows} == set(wanted)


async def test_a_report_run_is_ready_only_when_completed(sandbox, window):
    client = sandbox(polls_until_ready=2)
    run = (await client.post(f"/meta/v26.0/{ACME}/insights", data={**token("acme"), **DAILY, **window})).json()[
        "report_run_id"
    ]
    early = await client.get(f"/meta/v26.0/{run}/insights", params=token("acme"))
    assert (early.json()["error"]["code"], early.json()["error"]["error_subcode"]) == (2601, 1815107)
    looks = [(await client.get(f"/meta/v26.0/{run}", params=token("acme"))).json() for _ in range(3)]
    assert [(look["async_status"], look["async_percent_completion"]) for look in looks] == [
        ("Job Running", 37),
        ("Job Running", 100),
        ("Job Completed", 100),
    ]
    by_run = await rows_of(client, f"/meta/v26.0/{run}/insights", {**token("acme"), "limit": "500"})
    at_once = await rows_of(
        client, f"/meta/v26.0/{ACME}/insights", {**token("acme"), **DAILY, **window, "limit": "500"}
    )
    assert by_run == at_once


async def test_the_usage_header_is_percent_by_account(sandbox):
    answer = await sandbox().get(f"/meta/v26.0/{ACME}/insights", params={**token("acme"), "level": "campaign"})
    usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])
    assert usage["901234567890"][0]["estimated_time_to_regain_access"] == 0
