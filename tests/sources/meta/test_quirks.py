"""The quirks in Meta's sheet (its section "traps") that concern the source; the numbers are the sheet's."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import httpx
import pytest

import sandbox_fixtures
from adsync.errors import AdsyncError, ConfigError, ReauthRequired, ReportLost, TemporaryError, TooMuchData
from adsync.models import ApiResponse, LearnedLimits
from adsync.ranges import DateRange
from adsync.sources.meta import source
from adsync.sources.meta.errors import CursorLost, check
from adsync_sandbox.faults.script import Fault
from recording_transport import recording
from sandbox_fixtures import answering, in_memory, recent, records, world

REPORT = source.SOURCE.stream("campaign_metrics").report
TODAY = recent("meta").last_day
DAILY = DateRange(TODAY, TODAY + timedelta(days=1))


def problem(code, subcode=0):
    return {"error": {"code": code, "message": "something", "error_subcode": subcode}}


def failure(code, subcode=0):
    with pytest.raises(AdsyncError) as caught:
        check(ApiResponse(400, httpx.Headers(), json.dumps(problem(code, subcode)).encode()))
    return str(caught.value)


def payloads(rows):
    return {row.key: json.loads(bytes(row.payload)) for row in rows}


async def polled(transport, times=1):
    who = sandbox_fixtures.account("meta")
    async with sandbox_fixtures.connected(who, transport) as client:
        report_id = await REPORT.create(client, who, recent("meta"))
        return [await REPORT.is_ready(client, who, report_id) for _ in range(times)]


async def test_quirk_1_overlapping_action_types_stay_as_they_came():
    rows = payloads(await records("meta", "campaign_metrics", in_memory())).values()
    kinds = {action["action_type"] for row in rows for action in row.get("actions", ())}
    assert {"omni_purchase", "purchase"} <= kinds


async def test_quirk_2_and_14_neither_breakdowns_nor_old_attribution_windows_are_requested():
    transport, asked = recording(in_memory())
    await records("meta", "campaign_metrics", transport)
    assert set(asked[0].url.params) == {"level", "time_increment", "time_range", "fields", "limit"}


async def test_quirk_4_a_restated_day_has_the_key_that_it_had():
    restated = Fault("meta", "restated_day", path="/insights", day=str(TODAY))
    before, after = [await records("meta", "campaign_metrics", each) for each in (in_memory(), in_memory(restated))]
    assert [row.key for row in before] == [row.key for row in after]
    assert payloads(before) != payloads(after)


async def test_quirk_5_deleted_campaigns_come_by_their_rows_with_their_names():
    owner = sandbox_fixtures.account_with("meta", "deleted")
    listed = {row.key for row in await records("meta", "campaigns", in_memory(), account_id=owner)}
    asked = recent("meta", sandbox_fixtures.DAYS, owner)
    rows = payloads(await records("meta", "campaign_metrics", in_memory(), asked=asked, account_id=owner)).values()
    unlisted = {row["campaign_id"]: row["campaign_name"] for row in rows if row["campaign_id"] not in listed}
    assert set(unlisted) == {one.id for one in world().campaigns(owner) if one.status == "deleted"}
    assert all(unlisted.values())


async def test_quirk_6_a_day_without_delivery_has_no_row_and_is_no_error():
    future = DateRange(TODAY + timedelta(days=1), TODAY + timedelta(days=2))
    assert await records("meta", "campaign_metrics", in_memory(), asked=future) == []


async def test_quirk_8_a_run_is_ready_when_completed_and_at_100_per_cent():
    assert await polled(in_memory(), times=3) == [False, False, True]


@pytest.mark.parametrize(("status", "percent"), [("Job Running", 100), ("Job Completed", 99), ("Job Started", 0)])
async def test_quirk_8_either_alone_is_not_ready(status, percent):
    body = {"async_status": status, "async_percent_completion": percent, "report_run_id": "7"}
    assert await polled(answering(lambda _: httpx.Response(200, json=body))) == [False]


@pytest.mark.parametrize(("kind", "word"), [("job_failed", "Job Failed"), ("job_skipped", "Job Skipped")])
async def test_quirk_8_a_run_that_failed_or_was_skipped_is_lost(kind, word):
    with pytest.raises(ReportLost, match=word):
        await polled(in_memory(Fault("meta", kind)))


async def test_quirk_8_an_unknown_run_is_not_ready():
    unknown = Fault("meta", "not_replicated", path="/v26.0/6", calls=(1,))
    assert await polled(in_memory(unknown), times=2) == [False, False]


async def test_a_run_has_the_rows_that_the_synchronous_edge_has():
    who = sandbox_fixtures.account("meta")
    async with sandbox_fixtures.connected(who, in_memory()) as client:
        report_id = await REPORT.create(client, who, recent("meta"))
        assert [await REPORT.is_ready(client, who, report_id) for _ in range(3)][-1]
        rows = [row async for page in REPORT.download(client, who, report_id) for row in page]
    assert payloads(rows) == payloads(await records("meta", "campaign_metrics", in_memory()))


@pytest.mark.parametrize("body", [b"null", b"false", b"[]", b'{"success": true}', b'{"data": [', b'"text"'])
async def test_quirk_9_a_malformed_body_with_status_200_is_retried(body):
    with pytest.raises(TemporaryError):
        await records("meta", "campaign_metrics", answering(lambda _: httpx.Response(200, content=body)))


async def test_quirk_9_one_malformed_body_has_no_effect():
    truncated = Fault("meta", "html", path="/insights", calls=(1,))
    assert await records("meta", "campaign_metrics", in_memory(truncated))


async def test_quirk_10_a_token_that_expires_during_a_read_ends_it(monkeypatch):
    monkeypatch.setattr("adsync.sources.meta.pagination.PAGE_SIZE", 100)
    with pytest.raises(ReauthRequired, match="put the new token"):
        await records("meta", "campaign_metrics", in_memory(Fault("meta", "token_dies", path="/insights", calls=(2,))))


async def test_quirk_11_budgets_stay_in_the_minor_units_that_arrived():
    rows = payloads(await records("meta", "campaigns", in_memory())).values()
    assert all(row["daily_budget"].isdecimal() for row in rows if "daily_budget" in row)


async def test_quirk_13_no_token_of_a_ready_made_link_gets_into_a_log_or_an_error(caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("adsync.sources.meta.pagination.PAGE_SIZE", 100)
    token = sandbox_fixtures.credentials("meta_acme").password
    with pytest.raises(TemporaryError) as caught:
        await records(
            "meta", "campaign_metrics", in_memory(Fault("meta", "truncated", path="/insights", calls=(2, 3, 4)))
        )
    assert token not in caplog.text + str(caught.value) + repr(caught.value)


async def test_a_lost_cursor_begins_the_listing_once_more(monkeypatch):
    monkeypatch.setattr("adsync.sources.meta.pagination.PAGE_SIZE", 100)
    lost = httpx.Response(400, json=problem(2642))
    inner, asked = in_memory(), []

    async def answers(request):
        asked.append(request)
        return lost if len(asked) == 2 else await inner.handle_async_request(request)

    read = await records("meta", "campaign_metrics", httpx.MockTransport(answers))
    assert set(payloads(read)) == set(payloads(await records("meta", "campaign_metrics", in_memory())))
    assert "after" not in asked[2].url.params


async def test_a_cursor_lost_again_and_again_is_an_error():
    with pytest.raises(CursorLost, match="2642"):
        await records("meta", "campaigns", answering(lambda _: httpx.Response(400, json=problem(2642))))


async def test_a_single_day_that_is_too_large_is_requested_with_fewer_fields():
    transport, asked = recording(in_memory(Fault("meta", "too_much_data", path="/insights", calls=(1, 2, 3, 4, 5))))
    rows = payloads(await records("meta", "campaign_metrics", transport, asked=DAILY)).values()
    fields = [request.url.params["fields"].split(",") for request in asked]
    assert set(fields[0]) - set(fields[-1]) == {"ctr", "cpc", "cpm", "purchase_roas", "website_purchase_roas"}
    assert rows
    assert all("spend" in row for row in rows)


async def test_the_next_range_starts_with_the_accepted_page_size():
    who, learned = sandbox_fixtures.account("meta"), LearnedLimits()
    transport, asked = recording(in_memory(Fault("meta", "too_much_data", path="/insights", calls=(1,))))
    async with sandbox_fixtures.connected(who, transport) as client:
        for _ in range(2):
            assert [page async for page in source.campaign_metrics(client, who, recent("meta"), learned)]
    assert learned == LearnedLimits(page_size=500)
    first, *others = [request.url.params["limit"] for request in asked]
    assert (first, set(others)) == ("1000", {"500"})


def test_errors_of_login_permission_app_and_settings_are_distinguished():
    assert "removed the app" in failure(190, 458)
    assert "changed the password" in failure(190, 460)
    assert "grant ads_read" in failure(200)
    assert "app's dashboard" in failure(3)
    assert "app_secret" in failure(104)


async def test_a_retired_version_is_named_with_its_remedy():
    known = sandbox_fixtures.credentials("meta_acme")
    old = type(known)(known.conn_id, known.host, password=known.password, extra={"api_version": "v19.0"})
    async with sandbox_fixtures.connected(sandbox_fixtures.account("meta"), in_memory(), known=old) as client:
        with pytest.raises(ConfigError, match=r"deprecated version .*v19\.0.*set a newer api_version"):
            [page async for page in source.accounts(client, sandbox_fixtures.account("meta"))]


async def test_a_request_that_timed_out_is_not_repeated_unchanged():
    asked = []

    def answers(request):
        asked.append(str(request.url))
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(TooMuchData):
        await records("meta", "campaign_metrics", answering(answers))
    assert len(set(asked)) == len(asked)
