"""What is particular about TikTok."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

import sandbox_fixtures
from adsync.errors import (
    AdsyncError,
    ContractError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    ReportLost,
    ReportRefused,
    TemporaryError,
    TooMuchData,
)
from adsync.models import ApiResponse
from adsync.ranges import DateRange
from adsync.sources.tiktok import report, source
from adsync.sources.tiktok.errors import Incomplete, NoPermission, check
from adsync_sandbox.faults.script import Fault
from sandbox_fixtures import Pauses, answering, in_memory, recent, records, world

NOT_ALLOWED = "7000000000000000003"


def failure(code, message="something", data=None):
    body = json.dumps({"code": code, "message": message, "data": data}).encode()
    with pytest.raises(AdsyncError) as caught:
        check(ApiResponse(200, httpx.Headers(), body))
    return caught.value


async def reported(transport, window, account_id=sandbox_fixtures.TIKTOK, polls=3):
    """Returns the rows of an asynchronous report."""
    who, report = sandbox_fixtures.account("tiktok", account_id), source.SOURCE.stream("campaign_metrics").report
    async with sandbox_fixtures.connected(who, transport) as client:
        report_id = await report.create(client, who, window)
        asked = [await report.is_ready(client, who, report_id) for _ in range(polls)]
        assert asked == [False, False, True]
        return [record async for page in report.download(client, who, report_id) for record in page]


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (40001, NoPermission),
        (40104, ReauthRequired),
        (40105, ReauthRequired),
        (40002, PermanentError),
        (40300, PermanentError),
        (49999, PermanentError),
        (40100, RateLimited),
        (40016, RateLimited),
        (40133, RateLimited),
        (40200, TemporaryError),
        (40201, TemporaryError),
        (40700, TemporaryError),
        (50000, TemporaryError),
        (60001, TemporaryError),
        (20001, TemporaryError),
        (51001, TooMuchData),
    ],
)
@pytest.mark.parametrize("data", [None, {}])
def test_a_code_inside_a_200_is_an_error(code, meaning, data):
    error = failure(code, data=data)
    assert type(error) is meaning
    assert str(code) in str(error)


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("App reaches the QPS limit.", 2),
        ("App reaches the QPM limit.", 300),
        ("too frequent", 300),
        ("QPD limit", None),
    ],
)
def test_the_wait_depends_on_which_limit_was_reached(message, seconds):
    assert failure(40100, message).retry_after == seconds


async def test_a_minute_limit_is_raised():
    pause = Pauses()
    with pytest.raises(RateLimited):
        await records("tiktok", "campaigns", in_memory(Fault("tiktok", "rate_limited", wait=60)), pause=pause)
    assert pause == []


async def test_exactly_the_days_of_the_range_are_read():
    today = recent("tiktok").last_day
    window = DateRange(today - timedelta(days=2), today)
    days = {record.day for record in await records("tiktok", "campaign_metrics", in_memory(), asked=window)}
    assert days == {today - timedelta(days=1), today - timedelta(days=2)}


async def test_deleted_campaigns_are_listed_and_keep_their_rows():
    owner = sandbox_fixtures.account_with("tiktok", "deleted")
    listed = {record.key for record in await records("tiktok", "campaigns", in_memory(), account_id=owner)}
    assert {one.id for one in world().campaigns(owner) if one.status == "deleted"} <= listed
    delivered = [row for row in world().deliveries(owner) if row.campaign.status == "deleted"]
    last = max(row.date for row in delivered)
    window = DateRange(last, last + timedelta(days=1))
    read = await records("tiktok", "campaign_metrics", in_memory(), asked=window, account_id=owner)
    assert {f"{row.campaign.id}:{row.date}" for row in delivered if row.date == last} <= {one.key for one in read}


async def test_what_is_not_available_stays_a_dash():
    read = await records("tiktok", "campaign_metrics", in_memory())
    assert "-" in {json.loads(bytes(record.payload))["metrics"]["complete_payment"] for record in read}


async def test_the_asynchronous_report_equals_the_synchronous_one():
    window = recent("tiktok")
    at_once = await records("tiktok", "campaign_metrics", in_memory(), asked=window)
    later = await reported(in_memory(), window)
    assert as_json(later) == as_json(at_once)


def as_json(rows):
    return {(row.key, row.day): json.loads(bytes(row.payload)) for row in rows}


async def test_an_asynchronous_report_may_span_more_than_thirty_days():
    rows = await reported(in_memory(), recent("tiktok", sandbox_fixtures.DAYS))
    assert len({row.day for row in rows}) == sandbox_fixtures.DAYS


async def test_an_app_that_may_not_create_reports_is_a_refused_report():
    with pytest.raises(ReportRefused, match="allow-list"):
        await reported(in_memory(), recent("tiktok"), NOT_ALLOWED)


async def test_creating_a_report_is_not_retried_after_a_lost_response():
    pause = Pauses()
    who = sandbox_fixtures.account("tiktok")
    transport = in_memory(Fault("tiktok", "server_error", path="task/create", calls=(1,)))
    async with sandbox_fixtures.connected(who, transport, pause) as client:
        with pytest.raises(TemporaryError):
            await report.create_report(client, who, recent("tiktok"))
    assert pause == []


@pytest.mark.parametrize("status", ["FAILED", "CANCELED"])
async def test_a_report_that_was_given_up_is_a_temporary_error(status):
    body = {"code": 0, "data": {"status": status, "message": "no room"}}
    who = sandbox_fixtures.account("tiktok")
    async with sandbox_fixtures.connected(who, answering(lambda _: httpx.Response(200, json=body))) as client:
        with pytest.raises(ReportLost, match=f"report 17 failed: {status}: no room"):
            await report.report_ready(client, who, "17")


async def test_a_translated_report_is_an_error_that_names_the_missing_columns():
    with pytest.raises(ContractError, match="missing columns in tiktok report 17: campaign_id"):
        await downloaded("Campaign ID,By Day\n1,2026-11-01\n")


HEADER = ",".join([*report.DIMENSIONS, *report.METRICS])
LINE = "1,2026-11-01 00:00:00,name,1.00,2,3,4,5,6,7,8,9,10"


async def downloaded(text):
    who = sandbox_fixtures.account("tiktok")
    async with sandbox_fixtures.connected(who, answering(lambda _: httpx.Response(200, content=text))) as client:
        return [record async for page in report.download_report(client, who, "17") for record in page]


async def test_a_report_without_rows_is_empty():
    assert await downloaded(f"{HEADER}\n") == []


async def test_a_report_created_before_a_ratio_was_requested_is_read_without_it():
    read = await downloaded(f"{HEADER.removesuffix(',complete_payment_roas')}\n{LINE.removesuffix(',10')}\n")
    assert set(report.METRICS) - set(json.loads(bytes(read[0].payload))["metrics"]) == {"complete_payment_roas"}


async def test_line_breaks_quotes_and_commas_in_a_name_survive_the_csv():
    quoted = LINE.replace("name", '"a, ""b""\nc"')
    read = await downloaded(f"\ufeff{HEADER}\r\n{quoted}\r\n")
    assert json.loads(bytes(read[0].payload))["metrics"]["campaign_name"] == 'a, "b"\nc'


@pytest.mark.parametrize("line", [LINE[:30], "1,2026-11-01 00:00:00", f"{LINE},11"])
async def test_a_truncated_or_overlong_line_is_an_error(line):
    with pytest.raises(TemporaryError, match="report 17"):
        await downloaded(f"{HEADER}\n{LINE}\n{line}")


async def test_a_report_that_was_cut_inside_a_letter_is_a_temporary_error():
    with pytest.raises(TemporaryError, match="invalid text in tiktok report 17"):
        await downloaded(f"{HEADER}\n1,2026-11-01 00:00:00,نخلة".encode()[:-1])


async def test_the_throttle_header_means_that_rows_are_missing():
    body = {"code": 0, "data": {"list": [], "page_info": {"total_page": 1}}}
    headers = {"X-Tt-Ads-Throttle": "only return the top 20k id's results"}
    asked = []

    def answers(request):
        asked.append(request)
        return httpx.Response(200, json=body, headers=headers)

    with pytest.raises(Incomplete, match="only return the top 20k"):
        await records("tiktok", "campaigns", answering(answers))
    assert len(asked) == 1


async def test_the_token_stands_bare_in_its_own_header():
    def answers(request):
        assert request.headers["access-token"] == sandbox_fixtures.credentials("tiktok_nakhla").password
        assert "authorization" not in request.headers
        return httpx.Response(200, json={"code": 0, "data": {"list": [{"advertiser_id": "1"}]}})

    await records("tiktok", "accounts", answering(answers))


async def test_an_invisible_advertiser_requires_reauthorization():
    with pytest.raises(ReauthRequired, match="7000000000000000002"):
        await records(
            "tiktok",
            "accounts",
            answering(lambda _: httpx.Response(200, json={"code": 0, "data": {"list": []}})),
        )
