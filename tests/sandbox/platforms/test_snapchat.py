import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from adsync_sandbox.expected.key import answer_key
from adsync_sandbox.faults.script import Fault

ACME, NAKHLA = "8adc3db7-8148-4fbf-999c-8d2266369d01", "5f0c6a52-17de-4b7a-8a55-aa10b7c9d002"
JUNIPER = "c55a8f6e-92e1-4a0e-9d0f-2f1f6f1e2a03"
FIELDS = "impressions,swipes,spend,conversion_purchases,conversion_purchases_value"
BASE = "/snapchat/v1"


def token(workspace):
    return {"Authorization": f"Bearer sandbox-snapchat-token-of-{workspace}"}


def days(since, until, offsets=("+03:00", "+03:00"), **more):
    return {
        "granularity": "DAY",
        "breakdown": "campaign",
        "omit_empty": "true",
        "fields": FIELDS,
        "start_time": f"{since}T00:00:00{offsets[0]}",
        "end_time": f"{until}T00:00:00{offsets[1]}",
        **more,
    }


async def get(client, path, workspace="acme", **params):
    return await client.get(f"{BASE}/{path}", params=params, headers=token(workspace))


async def stats(client, account=ACME, workspace="acme", **params):
    return await get(client, f"adaccounts/{account}/stats", workspace, **params)


def stat(answer):
    return answer.json()["timeseries_stats"][0]["timeseries_stat"]


def rows(answer):
    return {
        (part["id"], day["start_time"][:10]): day["stats"]
        for part in stat(answer)["breakdown_stats"]["campaign"]
        for day in part["timeseries"]
    }


@pytest.fixture
def today(small_world):
    return small_world.today("Asia/Riyadh")


async def test_organizations_include_their_ad_accounts(sandbox):
    answer = await get(sandbox(), "me/organizations", with_ad_accounts="true")
    (account,) = answer.json()["organizations"][0]["organization"]["ad_accounts"]
    assert (account["id"], account["currency"], account["timezone"]) == (ACME, "SAR", "Asia/Riyadh")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer stolen"}, 401), (token("nakhla"), 403)],
)
async def test_a_wrong_token_is_a_401_and_a_foreign_account_a_403(sandbox, headers, status):
    answer = await sandbox().get(f"{BASE}/adaccounts/{ACME}", headers=headers)
    assert (answer.status_code, answer.json()["request_status"]) == (status, "ERROR")


async def test_an_unknown_account_is_e3003(sandbox):
    answer = await get(sandbox(), "adaccounts/00000000-0000-0000-0000-000000000000")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "E3003")


async def test_campaigns_have_pages_by_link_without_deleted_ones(sandbox, small_world):
    client, found = sandbox(short_first_pages=True), []
    answer = await get(client, f"adaccounts/{ACME}/campaigns", limit=50)
    pages = 1
    while True:
        body = answer.json()
        found += [item["campaign"] for item in body["campaigns"]]
        if "next_link" not in body["paging"]:
            break
        answer, pages = await client.get(body["paging"]["next_link"], headers=token("acme")), pages + 1
    assert pages == 2
    assert {one["id"] for one in found} == {one.id for one in small_world.campaigns(ACME) if one.status != "deleted"}
    assert {"daily_budget_micro" in one for one in found} == {True, False}


@pytest.mark.parametrize("limit", [49, 1001, "x"])
async def test_a_limit_is_between_50_and_1000(sandbox, limit):
    answer = await get(sandbox(), f"adaccounts/{ACME}/campaigns", limit=limit)
    assert answer.json()["error_code"] == "E1001"


async def test_the_stats_equal_the_answer_key(sandbox, small_world, today):
    client, found = sandbox(), {}
    for until in (today + timedelta(days=1), today - timedelta(days=29)):
        found |= rows(await stats(client, **days(until - timedelta(days=30), until)))
    expected = [row for row in answer_key(small_world)["campaign_days"] if row["account_id"] == ACME]
    assert {key: _measures(one) for key, one in found.items()} == {
        (row["campaign_id"], row["date"]): (
            *(row["impressions"], row["clicks"], Decimal(row["spend"])),
            *(row["conversions"], Decimal(row["revenue"])),
        )
        for row in expected
    }


def _measures(one):
    micros = Decimal(1_000_000)
    return (
        *(one["impressions"], one["swipes"], one["spend"] / micros),
        *(one.get("conversion_purchases", 0), one.get("conversion_purchases_value", 0) / micros),
    )


async def test_deleted_campaigns_are_in_the_stats_though_in_no_list(sandbox, small_world, today):
    shown = {key[0] for key in rows(await stats(sandbox(), **days(today - timedelta(days=30), today)))}
    assert shown & {one.id for one in small_world.campaigns(ACME) if one.status == "deleted"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start_time": "2026-11-01T00:00:00"}, "E1008"),
        ({"start_time": "2026-11-01T00:00:00Z"}, "E1008"),
        ({"start_time": "2026-11-01T00:30:00+03:00"}, "E1008"),
        ({"start_time": "2026-11-01T01:00:00+03:00"}, "E1008"),
        ({"start_time": "2026-11-11T00:00:00+03:00"}, "E1008"),
        ({"start_time": "2026-10-10T00:00:00+03:00"}, "E1008"),
        ({"start_time": "yesterday"}, "E1001"),
        ({"fields": "spend,colour"}, "E1001"),
        ({"breakdown": "ad_squad"}, "E1004"),
        ({"swipe_up_attribution_window": "2_DAY"}, "E1001"),
    ],
)
async def test_an_unsupported_query_is_rejected_with_a_code(sandbox, change, code):
    answer = await stats(sandbox(), **{**days(date(2026, 11, 1), date(2026, 11, 11)), **change})
    assert (answer.status_code, answer.json()["error_code"]) == (400, code)


@pytest.mark.parametrize(
    ("offsets", "status"),
    [(("-04:00", "-05:00"), 200), (("-04:00", "-04:00"), 400), (("-05:00", "-05:00"), 400)],
)
async def test_each_boundary_has_the_offset_of_its_day(sandbox, offsets, status):
    span = days(date(2026, 10, 25), date(2026, 11, 8), offsets)
    answer = await stats(sandbox(), JUNIPER, "juniper", **span)
    assert answer.status_code == status
    if status == 200:
        starts = {
            day["start_time"] for part in stat(answer)["breakdown_stats"]["campaign"] for day in part["timeseries"]
        }
        assert {"2026-11-01T00:00:00.000-04:00", "2026-11-02T00:00:00.000-05:00"} <= starts


async def test_an_account_without_a_breakdown_has_only_spend_which_is_the_sum_of_campaigns(sandbox, today):
    client, span = sandbox(), days(today - timedelta(days=9), today)
    by_campaign = rows(await stats(client, **span))
    del span["breakdown"]
    assert (await stats(client, **span)).json()["error_code"] == "E1008"
    answer = await stats(client, **{**span, "fields": "spend"})
    assert {day["start_time"][:10]: day["stats"]["spend"] for day in stat(answer)["timeseries"]} == {
        str(day): sum(one["spend"] for key, one in by_campaign.items() if key[1] == str(day))
        for day in (today - timedelta(days=n) for n in range(1, 10))
    }


async def test_days_without_delivery_are_zero_or_omitted(sandbox, today):
    client, span = sandbox(), days(today - timedelta(days=30), today)
    omitted, empty = rows(await stats(client, **span)), rows(await stats(client, **{**span, "omit_empty": "false"}))
    assert len(omitted) < len(empty)
    assert {one["spend"] for key, one in empty.items() if key not in omitted} == {0}


async def test_the_next_link_is_inside_the_stat(sandbox, today):
    client, span = sandbox(snapchat_stats_page=5), days(today - timedelta(days=9), today)
    answer = await stats(client, **span)
    assert "paging" not in answer.json()
    found = rows(answer)
    while "paging" in stat(answer):
        answer = await client.get(stat(answer)["paging"]["next_link"], headers=token("acme"))
        found |= rows(answer)
    assert found == rows(await stats(sandbox(), **span))


async def test_a_large_account_is_silently_empty_and_its_report_is_not(sandbox, small_world, today):
    client, span = sandbox(snapchat_most_in_breakdown=5), days(today - timedelta(days=30), today)
    hollow = await stats(client, **span)
    assert hollow.json()["request_status"].casefold() == "success"
    assert {json.dumps(one) for one in rows(hollow).values()} == {"{}"}
    lines = await _report(client, span)
    assert len(lines) == len(rows(await stats(sandbox(), **span)))
    campaign = next(one for one in small_world.campaigns(ACME) if one.status == "active" and one.slot == 0)
    alone = {name: value for name, value in span.items() if name != "breakdown"}
    answer = await get(client, f"campaigns/{campaign.id}/stats", **alone)
    assert sum(day["stats"]["spend"] for day in stat(answer)["timeseries"]) == sum(
        int(line["Spend"]) for line in lines if line["Campaign Id"] == campaign.id
    )


async def _report(client, span):
    answer = await stats(client, **span, **{"async": "true", "async_format": "csv"})
    run = answer.json()["async_stats_reports"][0]["async_stats_report"]
    statuses = [run["async_status"]]
    while statuses[-1] != "COMPLETED":
        answer = await get(client, f"adaccounts/{ACME}/stats_report", report_run_id=run["report_run_id"])
        run = answer.json()["async_stats_reports"][0]["async_stats_report"]
        statuses.append(run["async_status"])
    assert statuses == ["STARTED", "STARTED", "RUNNING", "COMPLETED"]
    assert (await client.get(run["result"], headers=token("acme"))).status_code == 400
    assert (await client.get(run["result"].partition("?")[0])).status_code == 403
    text = (await client.get(run["result"])).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


async def test_a_deleted_campaign_is_not_found_by_its_id(sandbox, small_world, today):
    gone = next(one for one in small_world.campaigns(ACME) if one.status == "deleted")
    answer = await get(sandbox(), f"campaigns/{gone.id}/stats", **days(today - timedelta(days=2), today))
    assert (answer.status_code, answer.json()["error_code"]) == (404, "E3003")


async def test_request_status_occurs_in_upper_and_lower_case(sandbox, today):
    client = sandbox()
    listed = await get(client, f"adaccounts/{ACME}/campaigns")
    found = await stats(client, **days(today - timedelta(days=2), today))
    assert {listed.json()["request_status"], found.json()["request_status"]} == {"SUCCESS", "success"}


async def test_the_token_is_valid_for_an_hour_and_the_refresh_token_longer(sandbox, links):
    now = [1_000_000.0]
    client = sandbox(clock=lambda: now[0])
    assert (await get(client, f"adaccounts/{ACME}")).status_code == 200
    now[0] += 3_601
    assert (await get(client, f"adaccounts/{ACME}")).status_code == 401
    for _ in range(2):
        fresh = (await _refresh(client, links["snapchat_acme"]["extra"])).json()
        assert fresh["expires_in"] == 3600
        assert fresh["refresh_token"] == links["snapchat_acme"]["extra"]["refresh_token"]
        bearer = {"Authorization": f"Bearer {fresh['access_token']}"}
        assert (await client.get(f"{BASE}/adaccounts/{ACME}", headers=bearer)).status_code == 200
    assert (await client.get("/calls")).json()["refreshes"]["snapchat"] == {ACME: 2}


async def _refresh(client, extra, **more):
    form = {name: extra[name] for name in ("refresh_token", "client_id", "client_secret")}
    return await client.post(extra["token_url"], data={"grant_type": "refresh_token", **form, **more})


async def test_a_revoked_grant_and_a_wrong_client_are_invalid(sandbox, links):
    client, extra = sandbox(Fault("snapchat", "app_removed", path="/me/")), links["snapchat_acme"]["extra"]
    assert (await _refresh(client, extra, client_secret="x")).json()["error"] == "invalid_client"
    await get(client, "me/organizations")
    answer = await _refresh(client, extra)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_grant")
