"""Reading the result of a bulk operation, from bytes."""

from __future__ import annotations

import json

import httpx
import pytest

import sandbox_fixtures
from adsync.errors import (
    ContractError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    ReportLost,
    ReportRefused,
    TemporaryError,
)
from adsync.ranges import TimeRange
from adsync.sources.shopify import bulk
from sandbox_fixtures import NOW, answering

STORAGE = "https://storage.example/result.jsonl?signature=very-secret"
ID = "gid://shopify/BulkOperation/1"
ORDER = {"id": "gid://shopify/Order/1", "updatedAt": "2026-11-01T00:00:00Z", "customerJourneySummary": None}


def operation(**more):
    return {"id": ID, "status": "COMPLETED", "errorCode": None, "objectCount": "1", "url": STORAGE, **more}


def shop(body, asked=None, **more):
    """A shop whose one operation has this result."""

    def answers(request):
        if asked is not None:
            asked.append(request)
        if request.url.host == "storage.example":
            return httpx.Response(200, content=body)
        return httpx.Response(200, json={"data": {"bulkOperation": operation(**more)}})

    return answering(answers)


async def downloaded(transport):
    who = sandbox_fixtures.account("shopify")
    async with sandbox_fixtures.connected(who, transport) as client:
        read = [record async for page in bulk.download_bulk(client, who, ID) for record in page]
        return read, client.stats


async def ready(transport):
    who = sandbox_fixtures.account("shopify")
    async with sandbox_fixtures.connected(who, transport) as client:
        return await bulk.is_bulk_ready(client, who, ID)


async def created(body):
    who = sandbox_fixtures.account("shopify")
    span = TimeRange(NOW.replace(month=1), NOW)
    transport = answering(lambda _: httpx.Response(200, json={"data": {"bulkOperationRunQuery": body}}))
    async with sandbox_fixtures.connected(who, transport) as client:
        return await bulk.start_bulk(client, who, span)


def lines(*orders):
    return b"".join(json.dumps(order, ensure_ascii=False).encode() + b"\n" for order in orders)


async def test_the_storage_service_never_sees_the_token():
    asked = []
    await downloaded(shop(lines(ORDER), asked))
    [download] = [request for request in asked if request.url.host == "storage.example"]
    token = sandbox_fixtures.credentials("shopify_acme").password
    assert token not in str(download.headers)
    assert "x-shopify-access-token" not in download.headers


async def test_calls_and_bytes_of_a_download_are_counted():
    body = lines(ORDER)
    _, meter = await downloaded(shop(body))
    assert meter.calls == 2
    assert meter.received > len(body)


async def test_texts_may_contain_other_unicode_line_breaks():
    name = "one\u2028two\x85three"
    read, _ = await downloaded(shop(lines({**ORDER, "name": name})))
    assert json.loads(bytes(read[0].payload))["name"] == name


async def test_the_last_line_needs_no_line_feed():
    read, _ = await downloaded(shop(lines(ORDER).rstrip()))
    assert len(read) == 1


@pytest.mark.parametrize(("count", "body"), [("2", lines(ORDER)), ("0", lines(ORDER)), ("1", b"")])
async def test_quirk_3_lines_are_counted_against_what_the_operation_counted(count, body):
    with pytest.raises(TemporaryError, match="nothing was stored"):
        await downloaded(shop(body, objectCount=count))


async def test_a_line_that_was_cut_off_is_a_temporary_error():
    with pytest.raises(TemporaryError, match="truncated JSON"):
        await downloaded(shop(lines(ORDER)[:-9]))


async def test_quirk_4_a_line_with_a_parent_is_not_an_order():
    with pytest.raises(ContractError, match="unexpected parent"):
        await downloaded(shop(lines({"id": "gid://shopify/LineItem/1", "__parentId": ORDER["id"]})))


async def test_no_rows_have_no_address():
    read, meter = await downloaded(shop(b"", objectCount="0", url=None))
    assert (read, meter.calls) == ([], 1)


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_an_address_that_is_over_is_a_temporary_error_that_does_not_show_it(status):
    def answers(request):
        if request.url.host == "storage.example":
            return httpx.Response(status)
        return httpx.Response(200, json={"data": {"bulkOperation": operation()}})

    with pytest.raises(TemporaryError, match=str(status)) as caught:
        await downloaded(answering(answers))
    assert "very-secret" not in str(caught.value)


async def test_a_download_that_breaks_off_is_a_temporary_error_that_does_not_show_the_address():
    def answers(request):
        if request.url.host == "storage.example":
            raise httpx.ReadError(f"cannot read {STORAGE}", request=request)
        return httpx.Response(200, json={"data": {"bulkOperation": operation()}})

    with pytest.raises(TemporaryError, match="ReadError") as caught:
        await downloaded(answering(answers))
    assert "very-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "is_ready"), [("CREATED", False), ("RUNNING", False), ("CANCELING", False), ("COMPLETED", True)]
)
async def test_only_completed_is_ready(status, is_ready):
    assert await ready(shop(b"", status=status)) == is_ready


@pytest.mark.parametrize("status", ["FAILED", "CANCELED", "EXPIRED"])
async def test_quirk_3_a_failed_operation_is_a_lost_report(status):
    with pytest.raises(ReportLost, match=status):
        await ready(shop(b"", status=status, errorCode="INTERNAL_SERVER_ERROR"))


async def test_a_denied_operation_requires_reauthorization():
    with pytest.raises(ReauthRequired, match="read_orders"):
        await ready(shop(b"", status="FAILED", errorCode="ACCESS_DENIED"))


async def test_an_unknown_operation_is_a_lost_report():
    with pytest.raises(ReportLost):
        await ready(answering(lambda _: httpx.Response(200, json={"data": {"bulkOperation": None}})))


@pytest.mark.parametrize(
    ("code", "meaning"),
    [("OPERATION_IN_PROGRESS", RateLimited), ("LIMIT_REACHED", RateLimited), ("INVALID", PermanentError)],
)
async def test_an_operation_that_does_not_start_reports_the_reason(code, meaning):
    errors = [{"code": code, "field": ["query"], "message": "no"}]
    with pytest.raises(meaning, match=code):
        await created({"bulkOperation": None, "userErrors": errors})


RUNNING = "A bulk query operation for this app and shop is already in progress: gid://shopify/BulkOperation/1."
INVALID = {"code": "INVALID", "field": ["query"], "message": "no"}


@pytest.mark.parametrize(
    "errors",
    [
        [{"field": None, "message": RUNNING}],
        [{"code": None, "field": None, "message": RUNNING.upper()}],
        [INVALID, {"code": "OPERATION_IN_PROGRESS", "field": None, "message": None}],
        [INVALID, {"field": None, "message": RUNNING}],
    ],
)
async def test_another_operation_in_progress_is_waited_for_wherever_it_is_said(errors):
    with pytest.raises(RateLimited):
        await created({"bulkOperation": None, "userErrors": errors})


async def test_all_reasons_of_a_rejected_operation_are_reported():
    with pytest.raises(PermanentError, match="INVALID: no; also"):
        await created({"bulkOperation": None, "userErrors": [INVALID, {"message": "also"}]})


async def test_neither_operation_nor_error_is_a_broken_contract():
    with pytest.raises(ContractError):
        await created({"bulkOperation": None, "userErrors": []})


async def test_a_token_that_may_not_run_operations_leaves_history_to_pages():
    denied = {"errors": [{"message": "no", "extensions": {"code": "ACCESS_DENIED"}}]}
    who = sandbox_fixtures.account("shopify")
    async with sandbox_fixtures.connected(who, answering(lambda _: httpx.Response(200, json=denied))) as client:
        with pytest.raises(ReportRefused, match="may not run bulk operations"):
            await bulk.start_bulk(client, who, TimeRange(NOW.replace(month=1), NOW))
