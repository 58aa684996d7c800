"""Zid orders that cannot be read, and a profile without a time zone."""

from __future__ import annotations

import httpx
import pytest

from adsync.errors import ContractError
from adsync.models import RejectedRecord
from adsync.sources.zid.source import SOURCE
from reading import connected, owner, records, span
from sandbox_fixtures import answering, nothing_stored

WHO = owner("zid", "394106")


def row(number, **more):
    return {
        "id": number, "code": "k2", "order_status": {"code": "new"}, "payment_status": "paid",
        "order_total": "350.75", "currency_code": "SAR", "created_at": "2026-11-03 09:14:05",
        "updated_at": "2026-11-20 07:00:31", "customer": {"id": 5512, "email": "layla@example.com"}, **more,
    }  # fmt: skip


async def read(*rows, total=None):
    body = {"status": "object", "orders": list(rows), "total_order_count": total or len(rows)}
    return await records(SOURCE, WHO, "orders", answering(lambda _: httpx.Response(200, json=body)), span())


def keys(page):
    return [each.key for each in page if not isinstance(each, RejectedRecord)]


def rejected(page):
    return [each.key for each in page if isinstance(each, RejectedRecord)]


@pytest.mark.parametrize(
    "bad",
    [
        {"updated_at": None},
        {"updated_at": "0000-00-00 00:00:00"},
        {"updated_at": "2031-01-01 00:00:00"},
        {"created_at": {}},
        {"payment_status": None},
        {"currency_code": []},
        {"customer": True},
    ],
)
async def test_an_order_that_cannot_be_read_is_rejected_by_its_id(bad):
    page = await read(row(1), row(2, **bad), row(3))
    assert keys(page) == ["1", "3"]
    assert rejected(page) == ["2"]
    assert "layla" not in str(page)


@pytest.mark.parametrize("bad", [None, [], "text", row({"a": 1}), row(None)])
async def test_a_row_without_an_id_is_counted_and_rejected(bad):
    page = await read(row(1), bad)
    assert keys(page) == ["1"]
    assert rejected(page) == [""]


async def test_orders_that_all_lack_a_field_are_a_contract_error():
    with pytest.raises(ContractError, match="payment_status"):
        await read(*(row(number, payment_status=None) for number in (1, 2)))


async def test_rejected_orders_are_read_by_id():
    def answers(request):
        number = request.url.path.split("/")[-2]
        if number == "3":
            return httpx.Response(404, json={"message": {"type": "error", "code": "ERROR_NOT_FOUND"}})
        bad = {"payment_status": None} if number == "2" else {}
        return httpx.Response(200, json={"status": "object", "order": row(int(number), **bad)})

    async with connected(SOURCE, WHO, answering(answers)) as client:
        read_keys = SOURCE.stream("orders").read_keys(client, WHO, ["1", "2", "3"], nothing_stored)
        page = [each async for found in read_keys for each in found]
    assert keys(page) == ["1"]
    assert rejected(page) == ["2"]


@pytest.mark.parametrize("zone", [{}, {"timezone": None}, {"timezone": ""}])
async def test_a_profile_without_a_time_zone_is_in_riyadh_with_a_note(zone):
    store = {"id": 394106, "title": "نخلة", "currency": {"code": "SAR"}, **zone}
    answers = answering(lambda _: httpx.Response(200, json={"user": {"store": store}}))
    (record,) = await records(SOURCE, WHO, "stores", answers)
    assert SOURCE.account_info(record.payload).timezone == "Asia/Riyadh"
    assert "Asia/Riyadh is used" in SOURCE.notes(record.payload)[0]


async def test_a_profile_with_a_time_zone_needs_no_note():
    store = {"id": 394106, "title": "نخلة", "currency": {"code": "SAR"}, "timezone": "Asia/Dubai"}
    answers = answering(lambda _: httpx.Response(200, json={"user": {"store": store}}))
    (record,) = await records(SOURCE, WHO, "stores", answers)
    assert SOURCE.account_info(record.payload).timezone == "Asia/Dubai"
    assert SOURCE.notes(record.payload) == ()
