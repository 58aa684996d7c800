"""WooCommerce orders that cannot be read, shapes of `meta_data`, and JSON that a site writes badly."""

from __future__ import annotations

import json

import httpx
import pytest

from adsync.errors import ContractError
from adsync.models import ApiResponse, RejectedRecord
from adsync.sources.woocommerce.errors import check
from adsync.sources.woocommerce.source import SOURCE
from adsync_sandbox.faults.script import Fault
from reading import connected, owner, records, span
from sandbox_fixtures import answering, in_memory, nothing_stored

WHO = owner("woocommerce", "shop.nakhla.example")


def row(number, **more):
    saved = f"2026-11-20T07:{number % 60:02}:31"
    return {
        "id": number, "number": str(number), "status": "processing", "currency": "AED", "date_created_gmt": saved,
        "date_modified_gmt": saved, "total": "1.00", "customer_id": 0, "meta_data": [], "billing": {"email": "layla@x"},
        **more,
    }  # fmt: skip


def place(each):
    """The time by which the site sorts, whatever it shows."""
    number = each.get("id") if isinstance(each, dict) else None
    return f"2026-11-20T07:{number % 60:02}:31" if number else "9"


def site(rows):
    """Returns those of these orders that were saved after a request's bound, and none for the trash."""

    def answers(request):
        after = request.url.params.get("modified_after", "")
        is_open, skipped = request.url.params["status"] == "any", int(request.url.params.get("offset", 0))
        found = [each for each in rows if place(each) > after]
        return httpx.Response(200, json=found[skipped:] if is_open else [])

    return answering(answers)


async def read(*rows):
    return await records(SOURCE, WHO, "orders", site(rows), span())


def keys(page):
    return [each.key for each in page if not isinstance(each, RejectedRecord)]


def rejected(page):
    return {each.key: each.reason for each in page if isinstance(each, RejectedRecord)}


async def meta_of(meta_data):
    (record,) = await read(row(1, meta_data=meta_data))
    return {each["key"]: each["value"] for each in json.loads(record.payload)["meta_data"]}


@pytest.mark.parametrize(
    "bad",
    [
        {"date_created_gmt": None},
        {"date_created_gmt": {}},
        {"status": None},
        {"currency": ["AED"]},
        {"date_modified_gmt": None},
        {"date_modified_gmt": "0000-00-00T00:00:00"},
        {"date_modified_gmt": "2001-01-01T00:00:00"},
        {"customer_id": {}},
    ],
)
async def test_of_thirty_orders_a_bad_one_is_rejected_by_its_id(bad):
    page = await read(*(row(number, **(bad if number == 7 else {})) for number in range(1, 31)))
    assert len(keys(page)) == 29
    assert list(rejected(page)) == ["7"]
    assert "layla" not in str(page)


@pytest.mark.parametrize("bad", [{"total": ""}, {"date_created_gmt": ""}, {"date_created_gmt": "0000-00-00T00:00:00"}])
async def test_an_order_with_an_odd_value_of_the_right_type_is_loaded(bad):
    assert keys(await read(row(1), row(2, **bad))) == ["1", "2"]


@pytest.mark.parametrize("bad", [None, [], "text", 17, {}])
async def test_a_row_without_an_id_is_rejected(bad):
    page = await read(row(1), bad, row(2))
    assert keys(page) == ["1", "2"]
    assert list(rejected(page)) == [""]


async def test_orders_that_all_fail_in_the_same_way_are_a_contract_error():
    with pytest.raises(ContractError, match="date_created_gmt"):
        await read(row(1, date_created_gmt=None), row(2, date_created_gmt=None))


@pytest.mark.parametrize("meta_data", [[{}, {}], [None, 1, "x", []], {}, None, "", [{"key": None, "value": "x"}]])
async def test_meta_data_without_a_readable_entry_is_empty(meta_data):
    assert await meta_of(meta_data) == {}


UTM = "_wc_order_attribution_utm_source"


@pytest.mark.parametrize(
    "meta_data",
    [
        [{}, {"key": UTM, "value": "snap"}],
        [{"id": None, "key": UTM, "value": "snap"}],
        [{"id": "12", "key": UTM, "value": "snap"}, {"key": UTM, "value": "older"}],
        {"3": {"id": 4, "key": UTM, "value": "older"}, "4": {"id": 5, "key": UTM, "value": "snap"}},
        [{"key": UTM, "value": "older"}, {"key": UTM, "value": "snap"}],
    ],
)
async def test_entries_of_meta_data_are_read_by_key(meta_data):
    assert await meta_of(meta_data) == {UTM: "snap"}


async def test_an_order_that_crashes_its_site_is_rejected_by_its_id_when_it_is_read_again():
    numbers = [each.key for each in await records(SOURCE, WHO, "orders", in_memory(), span())][:3]
    fault = Fault("woocommerce", "poisoned_order", field=f'"id":{numbers[1]},')
    async with connected(SOURCE, WHO, in_memory(fault)) as client:
        read_keys = SOURCE.stream("orders").read_keys(client, WHO, [*numbers, "1", "x"], nothing_stored)
        page = [each async for found in read_keys for each in found]
    assert sorted(keys(page)) == sorted({numbers[0], numbers[2]})
    assert list(rejected(page)) == [numbers[1]]


@pytest.mark.parametrize("frame", ["\n\n%s", "﻿%s", "﻿﻿ \r\n%s\n"])
async def test_blanks_and_a_byte_order_mark_around_the_json_are_accepted(frame):
    def answers(request):
        rows = [row(1)] if request.url.params["status"] == "any" else []
        return httpx.Response(200, content=(frame % json.dumps(rows)).encode())

    assert set(keys(await records(SOURCE, WHO, "orders", answering(answers), span()))) == {"1"}
    check(ApiResponse(200, {}, (frame % "[]").encode()))


async def test_a_lone_surrogate_is_read():
    text = json.dumps([row(1, meta_data=[{"id": 1, "key": UTM, "value": "Sale"}])]).replace("Sale", r"Sale \ud83d")

    def answers(request):
        return httpx.Response(200, content=text if request.url.params["status"] == "any" else "[]")

    record, *_ = await records(SOURCE, WHO, "orders", answering(answers), span())
    assert json.loads(record.payload)["meta_data"][0]["value"] == "Sale �"
