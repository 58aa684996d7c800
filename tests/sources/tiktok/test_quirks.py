"""The quirks in TikTok's sheet (its section "traps") that concern the source; the numbers are the sheet's."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

import sandbox_fixtures
from adsync.errors import PermanentError, RateLimited, ReauthRequired, ReportRefused, TemporaryError, TooMuchData
from adsync.models import ApiResponse, LearnedLimits
from adsync.ranges import DateRange
from adsync.sources.tiktok import source
from adsync.sources.tiktok.errors import check
from adsync_sandbox.faults.script import Fault
from recording_transport import recording
from sandbox_fixtures import answering, in_memory, recent, records

TODAY = recent("tiktok").last_day
DAILY = DateRange(TODAY, TODAY + timedelta(days=1))
REPORT = "report/integrated"


def filtered(request, name):
    found = [one for one in json.loads(request.url.params.get("filtering", "[]")) if one["field_name"] == name]
    return json.loads(found[0]["filter_value"]) if found else None


async def reports(transport, **more):
    """The rows of a report and the requests for them."""
    transport, asked = recording(transport)
    rows = await records("tiktok", "campaign_metrics", transport, **more)
    return rows, [request for request in asked if REPORT in str(request.url)]


async def test_quirk_1_a_failure_inside_a_200_is_seen():
    with pytest.raises(TemporaryError, match="50000"):
        await records("tiktok", "campaigns", in_memory(Fault("tiktok", "internal_error")))


async def test_quirk_2_the_value_that_is_named_a_rate_is_requested():
    rows, _ = await reports(in_memory())
    metrics = json.loads(bytes(rows[0].payload))["metrics"]
    assert {"complete_payment", "total_complete_payment_rate"} <= set(metrics)
    assert "complete_payment_rate" not in metrics


async def test_quirk_3_every_status_is_requested_in_the_field_of_its_level():
    _, [asked] = await reports(in_memory())
    assert filtered(asked, "campaign_status") == ["STATUS_ALL"]


async def test_quirk_6_a_day_is_never_shifted():
    rows, _ = await reports(in_memory())
    for row in rows:
        assert json.loads(bytes(row.payload))["dimensions"]["stat_time_day"] == f"{row.day} 00:00:00"


async def test_quirk_7_pages_are_as_large_as_they_may_be():
    _, [asked] = await reports(in_memory())
    assert asked.url.params["page_size"] == "1000"


async def test_quirk_9_a_campaign_without_modify_time_is_kept():
    rows = [json.loads(bytes(row.payload)) for row in await records("tiktok", "campaigns", in_memory())]
    assert {"modify_time" in row for row in rows} == {True, False}


async def test_quirk_10_what_is_incomplete_is_read_by_campaigns_and_never_by_days():
    whole, _ = await reports(in_memory())
    rows, asked = await reports(in_memory(Fault("tiktok", "incomplete", path=REPORT, calls=(1,))))
    assert {row.key for row in rows} == {row.key for row in whole}
    assert len({(one.url.params["start_date"], one.url.params["end_date"]) for one in asked}) == 1
    chunks = [filtered(one, "campaign_ids") for one in asked]
    assert chunks[0] is None
    assert all(1 <= len(chunk) <= 30 for chunk in chunks[1:])


async def test_quirk_10_what_was_incomplete_today_is_read_by_campaigns_at_once():
    who, learned = sandbox_fixtures.account("tiktok"), LearnedLimits()
    transport, asked = recording(in_memory(Fault("tiktok", "incomplete", path=REPORT, calls=(1,))))
    async with sandbox_fixtures.connected(who, transport) as client:
        for _ in range(2):
            assert [page async for page in source.campaign_metrics(client, who, recent("tiktok"), learned)]
    whole = [one for one in asked if REPORT in str(one.url) and filtered(one, "campaign_ids") is None]
    assert len(whole) == 1


async def test_quirk_10_a_single_incomplete_campaign_is_an_error_and_not_stored():
    with pytest.raises(PermanentError, match="alone has too many ads"):
        await reports(in_memory(Fault("tiktok", "incomplete", path=REPORT)))


async def test_quirk_11_advertisers_are_requested_one_by_one():
    _, [asked] = await reports(in_memory())
    assert "advertiser_ids" not in asked.url.params
    assert asked.url.params["advertiser_id"] == sandbox_fixtures.TIKTOK


async def test_quirk_12_a_request_that_timed_out_is_not_repeated_unchanged():
    asked = []

    def answers(request):
        if "campaign/get" in str(request.url):
            body = {"list": [{"campaign_id": str(n)} for n in range(40)], "page_info": {"total_page": 1}}
            return httpx.Response(200, json={"code": 0, "data": body})
        asked.append(str(request.url))
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(TooMuchData):
        await records("tiktok", "campaign_metrics", answering(answers), asked=DAILY)
    assert len(asked) > 3
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("status", [408, 504])
async def test_quirk_12_a_gateway_that_gave_up_is_a_time_out_too(status):
    asked = []

    def answers(request):
        asked.append(request)
        return httpx.Response(status)

    with pytest.raises(TooMuchData):
        await records("tiktok", "campaign_metrics", answering(answers))
    assert len(asked) == 1


def test_quirk_12_after_a_timeout_a_range_has_at_most_a_week():
    assert source.SOURCE.stream("campaign_metrics").fallback_days == 7


async def test_quirk_13_one_day_starts_and_ends_on_the_same_date():
    rows, [asked] = await reports(in_memory(), asked=DAILY)
    assert asked.url.params["start_date"] == asked.url.params["end_date"] == str(TODAY)
    assert {row.day for row in rows} == {TODAY}


@pytest.mark.parametrize("stream", ["campaigns", "campaign_metrics"])
async def test_a_list_that_moved_is_read_once_more(stream):
    moved = Fault("tiktok", "repeated_row", path=REPORT if stream == "campaign_metrics" else "campaign/get", calls=(1,))
    read = await records("tiktok", stream, in_memory(moved))
    assert {row.key for row in read} == {row.key for row in await records("tiktok", stream, in_memory())}


async def test_a_list_that_keeps_changing_is_an_error():
    with pytest.raises(TemporaryError, match="changed while it was read"):
        await reports(in_memory(Fault("tiktok", "repeated_row", path=REPORT)))


@pytest.mark.parametrize("totals", [(3, 4), (3, 3)])
async def test_a_changed_or_incomplete_total_is_an_error(totals):
    def answers(request):
        page = int(request.url.params["page"])
        info = {"page": page, "total_page": 2, "total_number": totals[page - 1]}
        return httpx.Response(200, json={"code": 0, "data": {"list": [{"campaign_id": str(page)}], "page_info": info}})

    with pytest.raises(TemporaryError, match=r"changed while|received 2 rows of 3"):
        await records("tiktok", "campaigns", answering(answers))


async def test_a_partial_success_is_an_error():
    with pytest.raises(TemporaryError, match="20001"):
        await reports(in_memory(Fault("tiktok", "partial_success", path=REPORT)))


def test_a_daily_limit_ends_at_midnight_utc():
    headers = httpx.Headers({"Date": "Sun, 22 Nov 2026 21:30:00 GMT"})
    with pytest.raises(RateLimited) as caught:
        check(ApiResponse(200, headers, b'{"code": 40100, "message": "App reaches the QPD limit."}'))
    assert caught.value.retry_after == 2.5 * 3600


async def test_no_permission_on_the_account_requires_reauthorization_and_on_reports_a_fallback():
    denied = Fault("tiktok", "permission_denied")
    with pytest.raises(ReauthRequired, match="grant this app access"):
        await records("tiktok", "campaigns", in_memory(denied))
    who, report = sandbox_fixtures.account("tiktok"), source.SOURCE.stream("campaign_metrics").report
    async with sandbox_fixtures.connected(
        who, in_memory(Fault("tiktok", "permission_denied", path="task/create"))
    ) as client:
        with pytest.raises(ReportRefused):
            await report.create(client, who, recent("tiktok"))
    async with sandbox_fixtures.connected(
        who, in_memory(Fault("tiktok", "token_expired", path="task/create"))
    ) as client:
        with pytest.raises(ReauthRequired, match="40105"):
            await report.create(client, who, recent("tiktok"))
