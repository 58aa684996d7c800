"""GMV Max campaigns, whose spend is in no other report, and the advertiser's total."""

from __future__ import annotations

import json
from decimal import Decimal

import httpx
import pytest

from adsync.errors import ReauthRequired, TemporaryError
from adsync.models import LearnedLimits, RejectedRecord
from adsync.sources.tiktok.source import SOURCE
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.platforms.tiktok.gmv_max import CAMPAIGN, NAME, SHOP
from adsync_sandbox.server.behavior import Behavior
from recording_transport import recording
from sandbox_fixtures import account, answering, connected, in_memory, recent, records

WHO, DAYS = account("tiktok"), recent("tiktok")
STREAM = SOURCE.stream("campaign_metrics")
SELLER = Behavior(tiktok_gmv_max=5000)
DAY = str(DAYS.last_day)


async def completed(transport):
    """The rows of a read with everything that completes them, and the notes."""
    async with connected(WHO, transport) as client:
        rows = STREAM.read(client, WHO, DAYS, LearnedLimits())
        read = [each async for page in STREAM.completed(client, WHO, DAYS, rows) for each in page]
    return read, client.notes


def metrics(row):
    return json.loads(bytes(row.payload))["metrics"]


async def test_campaigns_of_a_shop_are_rows_with_their_cost():
    read, notes = await completed(in_memory(behavior=SELLER))
    found = {row.day: metrics(row) for row in read if row.key.startswith(f"{CAMPAIGN}:")}
    assert len(found) == DAYS.days
    assert {
        (each["cost"], each["orders"], each["gross_revenue"], each["campaign_name"]) for each in found.values()
    } == {("50.00", "3", "200.00", NAME)}
    assert notes == []


async def test_they_change_no_row_of_other_campaigns_and_leave_no_remainder():
    ordinary = {row.key for row in await records("tiktok", "campaign_metrics", in_memory())}
    read, _ = await completed(in_memory(behavior=SELLER))
    assert {row.key for row in read if not row.key.startswith(f"{CAMPAIGN}:")} == ordinary


async def test_a_shop_is_read_by_promotion_type_with_deleted_campaigns():
    transport, asked = recording(in_memory(behavior=SELLER))
    await completed(transport)
    reports = [each.url.params for each in asked if "gmv_max/report" in str(each.url)]
    assert {json.loads(each["store_ids"])[0] for each in reports} == {SHOP}
    assert [json.loads(each["filtering"]) for each in reports] == [
        {"gmv_max_promotion_types": [kind], "campaign_statuses": ["STATUS_ALL"]} for kind in ("PRODUCT", "LIVE")
    ]


async def test_an_account_without_a_shop_takes_two_further_calls():
    transport, asked = recording(in_memory())
    read, notes = await completed(transport)
    ordinary = {row.key for row in await records("tiktok", "campaign_metrics", in_memory())}
    assert {row.key for row in read} == ordinary
    assert notes == []
    assert [str(each.url.path).partition("v1.3/")[2] for each in asked] == [
        "report/integrated/get/", "gmv_max/store/list/", "report/integrated/get/",
    ]  # fmt: skip


async def test_the_campaigns_are_listed():
    ordinary = await records("tiktok", "campaigns", in_memory())
    read = await records("tiktok", "campaigns", in_memory(behavior=SELLER))
    assert {row.key for row in read} == {row.key for row in ordinary} | {CAMPAIGN}


@pytest.mark.parametrize("path", ["gmv_max", "gmv_max/report"])
async def test_an_app_without_permission_reads_everything_else_and_says_so(path):
    read, notes = await completed(in_memory(Fault("tiktok", "permission_denied", path=path), behavior=SELLER))
    assert {row.key for row in read} == {row.key for row in await records("tiktok", "campaign_metrics", in_memory())}
    assert notes
    assert all(note.startswith("GMV Max campaigns of TikTok are not readable") for note in notes)


async def test_campaigns_without_permission_are_the_ordinary_ones():
    ordinary = {row.key for row in await records("tiktok", "campaigns", in_memory())}
    denied = in_memory(Fault("tiktok", "permission_denied", path="gmv_max"), behavior=SELLER)
    assert {row.key for row in await records("tiktok", "campaigns", denied)} == ordinary


@pytest.mark.parametrize(("kind", "error"), [("token_expired", ReauthRequired), ("internal_error", TemporaryError)])
async def test_other_errors_of_gmv_max_fail_the_read(kind, error):
    with pytest.raises(error):
        await completed(in_memory(Fault("tiktok", kind, path="gmv_max"), behavior=SELLER))


def page(rows, pages=1):
    listed = {"list": rows} if rows else {}
    return {"code": 0, "data": {**listed, "page_info": {"page": 1, "total_page": pages, "total_number": len(rows)}}}


def row(campaign, **values):
    return {"dimensions": {"campaign_id": campaign, "stat_time_day": f"{DAY} 00:00:00"}, "metrics": values}


def telling(total, ordinary=(), shop=()):
    """An advertiser with a total, ordinary rows, and rows of a shop."""

    def answers(request):
        url, params = str(request.url), request.url.params
        if "store/list" in url:
            body = {"code": 0, "data": {"store_list": [{"store_id": SHOP}]}}
        elif "gmv_max/report" in url:
            body = page([*shop] if "PRODUCT" in params["filtering"] else [])
        elif params["data_level"] == "AUCTION_ADVERTISER":
            body = page([{"dimensions": {"stat_time_day": f"{DAY} 00:00:00"}, "metrics": {"spend": total}}])
        else:
            body = page([*ordinary])
        return httpx.Response(200, json=body)

    return answering(answers)


def spend(read):
    return {
        each.key.partition(":")[0]: Decimal(metrics(each).get("spend") or metrics(each)["cost"])
        for each in read
        if not isinstance(each, RejectedRecord)
    }


async def test_spend_beyond_all_campaigns_is_a_row_of_its_own():
    read, _ = await completed(telling("12.50", [row("1", spend="5.00")]))
    assert spend(read) == {"1": Decimal("5.00"), f"unlisted-of-{WHO.account_id}": Decimal("7.50")}
    assert metrics(read[-1])["campaign_name"] == "(spend that TikTok tells of no campaign)"


@pytest.mark.parametrize("total", ["5.00", "14.00"])
async def test_a_total_may_contain_gmv_max_or_not(total):
    read, _ = await completed(telling(total, [row("1", spend="5.00")], [row("2", cost="9.00", orders="1")]))
    assert spend(read) == {"1": Decimal("5.00"), "2": Decimal("9.00")}


async def test_a_spend_that_cannot_be_read_is_in_the_remainder():
    read, _ = await completed(telling("1240.00", [row("1", spend="1,234.50"), row("2", spend="-")]))
    assert spend([read[-1]]) == {f"unlisted-of-{WHO.account_id}": Decimal("1240.00")}


async def test_a_refused_total_is_noted_and_keeps_the_rows():
    def answers(request):
        if request.url.params.get("data_level") == "AUCTION_ADVERTISER":
            return httpx.Response(200, json={"code": 40002, "message": "data_level: invalid value"})
        rows = [] if "gmv_max" in str(request.url) else [row("1", spend="5.00")]
        return httpx.Response(200, json=page(rows))

    read, notes = await completed(answering(answers))
    assert spend(read) == {"1": Decimal("5.00")}
    assert notes == [
        "TikTok does not tell the account's own spend; spend beyond its campaigns is unknown "
        "(tiktok code 40002: data_level: invalid value)"
    ]
