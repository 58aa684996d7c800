"""Salla orders that cannot be read, and orders without a time of change."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from adsync.errors import ContractError
from adsync.models import RejectedRecord
from adsync.ranges import TimeRange
from adsync.sources.salla.source import SOURCE
from reading import connected, owner, records
from sandbox_fixtures import NOW, answering

WHO = owner("salla", "1305146709")


def listed(number, **more):
    status = {"id": 1, "slug": "completed", "customized": {"id": 1}}
    return {"id": number, "status": status, "total": {"amount": 350.75}, "payment_method": "mada", **more}


def whole(number):
    clock = {"date": "2026-11-20 10:00:31.000000", "timezone_type": 3, "timezone": "Asia/Riyadh"}
    return {
        "id": number, "reference_id": 7, "date": clock, "updated_at": clock, "status": {"id": 1, "slug": "completed"},
        "currency": "SAR", "amounts": {"total": {"amount": 350.75, "currency": "SAR"}},
        "customer": {"id": 225167971, "email": "layla@example.com"},
    }  # fmt: skip


class Shop:
    """A store with these rows of the list and these orders; `asked` are the orders that were requested."""

    def __init__(self, rows, orders=None):
        self.rows, self.asked = rows, []
        self.orders = {str(each["id"]): each for each in orders or [whole(row["id"]) for row in rows]}

    def __call__(self, request):
        tail = request.url.path.rpartition("/")[2]
        if tail != "orders":
            self.asked.append(tail)
            if tail not in self.orders:
                return httpx.Response(404, json={"status": 404, "success": False, "error": {"code": "not_found"}})
            return httpx.Response(200, json={"status": 200, "success": True, "data": self.orders[tail]})
        paging = {"count": 1, "total": len(self.rows), "perPage": 30, "currentPage": 1, "totalPages": 1, "links": []}
        return httpx.Response(200, json={"status": 200, "success": True, "data": self.rows, "pagination": paging})


async def read(shop, stored=None, since=NOW - timedelta(days=30)):
    async def known(keys):
        return {key: (stored or {})[key] for key in keys if key in (stored or {})}

    return await records(SOURCE, WHO, "orders", answering(shop), TimeRange(since, NOW), known)


def keys(page):
    return [each.key for each in page if not isinstance(each, RejectedRecord)]


def rejected(page):
    return {each.key: each.reason for each in page if isinstance(each, RejectedRecord)}


def without(order, *names):
    return {name: value for name, value in order.items() if name not in names}


async def test_an_order_without_updated_at_is_loaded():
    shop = Shop([listed(1), listed(2)], [without(whole(1), "updated_at"), whole(2) | {"updated_at": None}])
    assert keys(await read(shop)) == ["1", "2"]


async def test_of_orders_without_updated_at_the_fingerprint_and_the_order_decide_what_changed():
    shop = Shop([listed(n) for n in range(1, 21)], [without(whole(n), "updated_at") for n in range(1, 21)])
    stored = {each.key: bytes(each.payload) for each in await read(shop)}
    assert len(stored) == 20
    shop.rows[0]["status"] = {"slug": "canceled"}
    shop.asked.clear()
    assert "1" in keys(await read(shop, stored, since=NOW - timedelta(minutes=10)))
    assert len(shop.asked) == 4


@pytest.mark.parametrize("name", ["currency", "amounts", "status", "date"])
async def test_an_order_without_a_needed_field_is_rejected_by_its_id(name):
    shop = Shop([listed(1), listed(2)], [whole(1), without(whole(2), name)])
    page = await read(shop)
    assert keys(page) == ["1"]
    assert name in rejected(page)["2"]
    assert "layla" not in str(page)


@pytest.mark.parametrize("row", [{"total": None}, {"total": "1,100.50"}, {"status": []}, {"status": {"slug": None}}])
async def test_an_order_whose_row_is_unreadable_is_read_by_its_id(row):
    page = await read(Shop([listed(1), listed(2, **row)]))
    assert sorted(keys(page)) == ["1", "2"]


async def test_a_row_without_an_id_is_rejected():
    page = await read(Shop([listed(1), listed(2) | {"id": None}], [whole(1)]))
    assert keys(page) == ["1"]
    assert list(rejected(page)) == [""]


async def test_orders_that_all_lack_a_field_are_a_contract_error():
    with pytest.raises(ContractError, match="currency"):
        await read(Shop([listed(1), listed(2)], [without(whole(n), "currency") for n in (1, 2)]))


async def test_rejected_orders_are_read_by_id_and_keep_the_stored_origin():
    shop = Shop([], [whole(1), without(whole(2), "currency")])
    kept = {"1": json.dumps({"listed": "x", "campaign": {"source": "snapchat", "campaign": "U"}}).encode()}

    async def stored(_):
        return kept

    async with connected(SOURCE, WHO, answering(shop)) as client:
        pages = [each async for each in SOURCE.stream("orders").read_keys(client, WHO, ["1", "2", "3"], stored)]
    page = [each for found in pages for each in found]
    assert keys(page) == ["1"]
    assert list(rejected(page)) == ["2"]
    assert json.loads(page[0].payload)["campaign"]["campaign"] == "U"
