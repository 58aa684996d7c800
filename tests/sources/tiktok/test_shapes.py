"""Bodies that TikTok sends although its documentation does not show them ("Added 2026-11-30" of its sheet)."""

from __future__ import annotations

import json

import httpx
import pytest

from adsync.errors import ContractError, TemporaryError
from adsync.models import RejectedRecord
from adsync.sources.tiktok import report
from adsync.sources.tiktok.source import SOURCE
from adsync_sandbox.faults.script import Fault
from sandbox_fixtures import account, answering, connected, in_memory, recent, records

DAY = str(recent("tiktok").last_day)


def page(**data):
    return {"code": 0, "message": "OK", "data": data}


def info(rows, pages=1):
    return {"page": 1, "total_page": pages, "total_number": rows}


def answers(body):
    return answering(lambda _: httpx.Response(200, json=body))


def row(campaign="1", day=f"{DAY} 00:00:00", **metrics):
    return {"dimensions": {"campaign_id": campaign, "stat_time_day": day}, "metrics": {"spend": "1.00", **metrics}}


@pytest.mark.parametrize("stream", ["campaigns", "campaign_metrics", "ads"])
@pytest.mark.parametrize("missing", [{"list": None}, {}])
async def test_a_page_without_a_list_is_empty(stream, missing):
    assert await records("tiktok", stream, answers(page(**missing, page_info=info(0)))) == []


async def test_a_page_without_a_list_of_rows_that_exist_is_an_error():
    with pytest.raises(TemporaryError, match="received 0 rows of 3"):
        await records("tiktok", "campaign_metrics", answers(page(list=None, page_info=info(3))))


async def test_page_numbers_are_read_in_any_notation():
    body = {"code": "0", "message": None, "data": {"list": [row()], "page_info": {"total_page": "1.0"}}}
    read = await records("tiktok", "campaign_metrics", answers(body | {"code": 0}))
    assert [each.key for each in read] == [f"1:{DAY}"]


async def test_ids_that_are_numbers_keep_every_digit():
    body = page(list=[row(campaign=1790000000000000001)], page_info=info(1))
    assert [each.key for each in await records("tiktok", "campaign_metrics", answers(body))] == [
        f"1790000000000000001:{DAY}"
    ]


async def downloaded(body):
    who = account("tiktok")
    async with connected(who, answering(lambda _: httpx.Response(200, content=body))) as client:
        return [each async for page in report.download_report(client, who, "17") for each in page]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\n \n",
        b"<!DOCTYPE html>\n<html><body>502, Bad Gateway</body></html>",
        b"  <html>a, b, c</html>",
        b"upstream connect error",
    ],
)
async def test_a_download_that_is_no_csv_is_a_temporary_error(body):
    with pytest.raises(TemporaryError, match="not a CSV"):
        await downloaded(body)


@pytest.mark.parametrize("spoiled", [row(campaign=None), row(day="soon"), {"dimensions": None}, {}, 5])
async def test_a_row_that_cannot_be_read_is_rejected_alone(spoiled):
    body = page(list=[row("1"), spoiled, row("3")], page_info=info(3))
    read = await records("tiktok", "campaign_metrics", answers(body))
    assert [each.key for each in read if not isinstance(each, RejectedRecord)] == [f"1:{DAY}", f"3:{DAY}"]
    # Any stored row of the days may be the one, so that none is withdrawn.
    assert [each.key for each in read if isinstance(each, RejectedRecord)] == [""]


async def test_a_line_of_a_report_that_cannot_be_read_is_rejected_alone():
    header = ",".join([*report.DIMENSIONS, *report.NEEDED])
    lines = [f"{each},{DAY if each != '2' else 'soon'},c,1.00,5,1,0,0,0" for each in "123"]
    read = await downloaded("\n".join([header, *lines]).encode())
    assert [each.key for each in read] == [f"1:{DAY}", "", f"3:{DAY}"]


async def test_rows_of_another_shape_on_a_whole_page_are_an_error():
    body = page(list=[row(campaign=None), row(campaign=None)], page_info=info(2))
    with pytest.raises(ContractError, match="campaign_id"):
        await records("tiktok", "campaign_metrics", answers(body))


def test_an_account_without_a_name_is_named_by_its_id():
    payload = json.dumps({"advertiser_id": "1", "currency": "USD", "timezone": "Asia/Riyadh"}).encode()
    assert SOURCE.account_info(payload).name == "1"


async def test_the_sandbox_s_undocumented_shapes_change_no_record():
    odd = in_memory(Fault("tiktok", "undocumented_shape"))
    for stream in ("campaigns", "campaign_metrics", "ads"):
        plain = await records("tiktok", stream, in_memory())
        assert stored(await records("tiktok", stream, odd)) == stored(plain)


def stored(read):
    return [(each.key, each.day, json.loads(bytes(each.payload))) for each in read]
