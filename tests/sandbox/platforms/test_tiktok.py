import csv
import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest

from adsync_sandbox.expected.key import answer_key

BASE = "/tiktok/open_api/v1.3"
ACME, NAKHLA, JUNIPER = "7000000000000000001", "7000000000000000002", "7000000000000000003"
METRICS = ["spend", "impressions", "clicks", "complete_payment", "total_complete_payment_rate", "campaign_name"]
STATUS_ALL = json.dumps([{"field_name": "campaign_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}])


def token(workspace):
    return {"Access-Token": f"sandbox-tiktok-token-of-{workspace}"}


def report(advertiser, since, until, **more):
    return {
        "advertiser_id": advertiser,
        "report_type": "BASIC",
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": json.dumps(["campaign_id", "stat_time_day"]),
        "metrics": json.dumps(METRICS),
        "start_date": str(since),
        "end_date": str(until),
        **more,
    }


async def get(client, path, params, workspace="acme"):
    answer = await client.get(f"{BASE}/{path}", params=params, headers=token(workspace))
    assert answer.status_code == 200
    return answer.json()


async def all_rows(client, path, params, workspace="acme"):
    rows, number, last = [], 1, 1
    while number <= last:
        data = (await get(client, path, {**params, "page": number}, workspace))["data"]
        rows += data["list"]
        number, last = number + 1, data["page_info"]["total_page"]
    return rows


@pytest.fixture
def today(small_world):
    return small_world.today("Asia/Riyadh")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 40104),
        ({"Access-Token": "stolen"}, 40105),
        ({"Access-Token": f"Bearer {token('acme')['Access-Token']}"}, 40105),
        (token("nakhla"), 40001),
    ],
)
async def test_a_wrong_token_is_a_200_with_its_code(sandbox, headers, code):
    answer = await sandbox().get(f"{BASE}/campaign/get/", params={"advertiser_id": ACME}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (200, code)


async def test_an_advertiser_has_currency_and_zone(sandbox):
    params = {"advertiser_ids": json.dumps([JUNIPER]), "fields": json.dumps(["advertiser_id", "currency", "timezone"])}
    answer = await get(sandbox(), "advertiser/info/", params, "juniper")
    assert answer["data"]["list"] == [{"advertiser_id": JUNIPER, "currency": "USD", "timezone": "Etc/GMT+5"}]


async def test_campaigns_have_ten_rows_a_page_without_deleted_ones(sandbox):
    client = sandbox()
    first = (await get(client, "campaign/get/", {"advertiser_id": ACME}))["data"]
    assert (len(first["list"]), first["page_info"]["page_size"]) == (10, 10)
    unasked = await all_rows(client, "campaign/get/", {"advertiser_id": ACME})
    everything = {"advertiser_id": ACME, "filtering": json.dumps({"primary_status": "STATUS_ALL"})}
    asked = await all_rows(client, "campaign/get/", everything)
    deleted = [row for row in asked if row["secondary_status"] == "CAMPAIGN_STATUS_DELETE"]
    assert deleted
    assert len(asked) == len(unasked) + len(deleted)


async def test_a_smart_plus_campaign_has_no_modify_time(sandbox):
    rows = await all_rows(sandbox(), "campaign/get/", {"advertiser_id": ACME})
    assert {"modify_time" in row for row in rows} == {True, False}


async def test_a_report_spans_thirty_days_and_no_more(sandbox, today):
    within = await get(sandbox(), "report/integrated/get/", report(ACME, today - timedelta(days=29), today))
    beyond = await get(sandbox(), "report/integrated/get/", report(ACME, today - timedelta(days=30), today))
    assert (within["code"], beyond["code"]) == (0, 40002)
    assert len(within["data"]["list"]) == 10
    assert "max time span is 30 days" in beyond["message"]


@pytest.mark.parametrize(
    "change",
    [
        {"page_size": 1001},
        {"page_size": 0},
        {"metrics": '["rovas"]'},
        {"metrics": "spend"},
        {"dimensions": '["campaign_id"]'},
        {"data_level": "AUCTION_AD"},
        {"start_date": "yesterday"},
        {"filtering": '[{"field_name":"campaign_status","filter_type":"IN","filter_value":["STATUS_ALL"]}]'},
        {"filtering": '[{"field_name":"ad_status","filter_type":"IN","filter_value":"[]"}]'},
    ],
)
async def test_a_wrong_parameter_is_40002(sandbox, today, change):
    answer = await get(sandbox(), "report/integrated/get/", {**report(ACME, today, today), **change})
    assert answer["code"] == 40002


async def test_reports_omit_deleted_campaigns_by_default_and_ignore_a_misspelled_filter(sandbox, today):
    client = sandbox()
    totals = [
        sum([await _rows_in(client, today - timedelta(days=back), **more) for back in (29, 59)])
        for more in ({}, {"filtering": STATUS_ALL}, {"filters": STATUS_ALL})
    ]
    assert totals[0] == totals[2] < totals[1]


async def _rows_in(client, since, **more):
    params = report(ACME, since, since + timedelta(days=29), **more)
    return (await get(client, "report/integrated/get/", params))["data"]["page_info"]["total_number"]


async def test_the_report_equals_the_answer_key(sandbox, small_world, today):
    rows = []
    for until in (today, today - timedelta(days=30)):
        params = report(NAKHLA, until - timedelta(days=29), until, page_size=200, filtering=STATUS_ALL)
        rows += await all_rows(sandbox(), "report/integrated/get/", params, "nakhla")
    read = {(row["dimensions"]["campaign_id"], row["dimensions"]["stat_time_day"]): row["metrics"] for row in rows}
    assert len(read) == len(rows)
    expected = [row for row in answer_key(small_world)["campaign_days"] if row["account_id"] == NAKHLA]
    assert {key: _measures(metrics) for key, metrics in read.items()} == {
        (row["campaign_id"], f"{row['date']} 00:00:00"): (
            *(row["impressions"], row["clicks"], Decimal(row["spend"])),
            *(row["conversions"], Decimal(row["revenue"])),
        )
        for row in expected
    }


def _measures(metrics):
    count, value = metrics["complete_payment"], metrics["total_complete_payment_rate"]
    return (
        *(int(metrics["impressions"]), int(metrics["clicks"]), Decimal(metrics["spend"])),
        *(int(count.replace("-", "0")), Decimal(value.replace("-", "0"))),
    )


async def test_purchases_that_do_not_apply_are_a_dash(sandbox, today):
    rows = await all_rows(sandbox(), "report/integrated/get/", report(ACME, today, today))
    assert "-" in {row["metrics"]["complete_payment"] for row in rows}


async def test_reported_roas_is_value_over_spend_with_two_decimals(sandbox, today):
    metrics = json.dumps(["spend", "total_complete_payment_rate", "complete_payment_roas"])
    rows = await all_rows(sandbox(), "report/integrated/get/", report(ACME, today, today, metrics=metrics))
    applicable = [row["metrics"] for row in rows if row["metrics"]["complete_payment_roas"] != "-"]
    shares = [Decimal(row["total_complete_payment_rate"]) / Decimal(row["spend"]) for row in applicable]
    assert [Decimal(row["complete_payment_roas"]) for row in applicable] == [round(share, 2) for share in shares] != []


def _task(advertiser, since, until, **more):
    params = report(advertiser, since, until)
    return {
        **{key: json.loads(value) if value.startswith("[") else value for key, value in params.items()},
        "enable_report_title_translation": False,
        **more,
    }


async def _post(client, path, body, workspace="acme"):
    return (await client.post(f"{BASE}/{path}", json=body, headers=token(workspace))).json()


async def test_a_task_is_queued_processed_and_then_downloaded_whole(sandbox, small_world, today):
    client = sandbox(polls_until_ready=2)
    created = await _post(client, "report/task/create/", _task(ACME, today - timedelta(days=59), today))
    which = {"advertiser_id": ACME, "task_id": created["data"]["task_id"]}
    assert (await get(client, "report/task/download/", which))["code"] == 40201
    looks = [(await get(client, "report/task/check/", which))["data"]["status"] for _ in range(3)]
    assert looks == ["QUEUING", "PROCESSING", "SUCCESS"]
    text = (await client.get(f"{BASE}/report/task/download/", params=which, headers=token("acme"))).text
    lines = list(csv.DictReader(io.StringIO(text)))
    assert list(lines[0]) == ["campaign_id", "stat_time_day", *METRICS]
    assert len(lines) == len(small_world.deliveries(ACME))


async def test_headers_are_translated_by_default(sandbox, today):
    client = sandbox(polls_until_ready=0)
    created = await _post(
        client, "report/task/create/", _task(ACME, today, today, enable_report_title_translation=True)
    )
    which = {"advertiser_id": ACME, "task_id": created["data"]["task_id"]}
    answer = await client.get(f"{BASE}/report/task/download/", params=which, headers=token("acme"))
    assert answer.text.startswith("Campaign ID,By Day,Cost")


async def test_an_app_off_the_allow_list_cannot_create_tasks(sandbox, today):
    answer = await _post(sandbox(), "report/task/create/", _task(JUNIPER, today, today), "juniper")
    assert answer["code"] == 40001


async def test_a_task_takes_no_status_filter(sandbox, today):
    body = _task(ACME, today, today, filtering=json.loads(STATUS_ALL))
    assert (await _post(sandbox(), "report/task/create/", body))["code"] == 40002


async def test_a_foreign_task_is_unknown(sandbox, today):
    client = sandbox()
    created = await _post(client, "report/task/create/", _task(ACME, today, today))
    which = {"advertiser_id": NAKHLA, "task_id": created["data"]["task_id"]}
    assert (await get(client, "report/task/check/", which, "nakhla"))["code"] == 40300
