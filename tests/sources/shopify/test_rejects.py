"""Shopify orders that cannot be read: on a page, by id, and as lines of a bulk operation."""

from __future__ import annotations

import json

import httpx
import pytest

from adsync.errors import ContractError
from adsync.models import RejectedRecord
from adsync.sources.shopify.bulk import download_bulk
from adsync.sources.shopify.source import SOURCE
from reading import connected, owner, records, span
from sandbox_fixtures import SHOPIFY, answering, nothing_stored

WHO = owner("shopify", SHOPIFY)


def node(number, **more):
    return {
        "id": f"gid://shopify/Order/{number}", "createdAt": "2026-11-19T07:00:31Z", "updatedAt": "2026-11-20T07:00:31Z",
        "customer": {"id": "gid://shopify/Customer/1", "email": "layla@example.com"}, "customerJourneySummary": None,
        **more,
    }  # fmt: skip


def number_of(key):
    return key.rpartition("/")[2]


async def read(*nodes):
    data = {"orders": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": list(nodes)}}
    return await records(SOURCE, WHO, "orders", answering(lambda _: httpx.Response(200, json={"data": data})), span())


def keys(page):
    return [number_of(each.key) for each in page if not isinstance(each, RejectedRecord)]


def rejected(page):
    return [number_of(each.key) for each in page if isinstance(each, RejectedRecord)]


BAD = [
    {"customer": "layla"},
    {"customer": {"name": "layla"}},
    {"customAttributes": [None]},
    {"customAttributes": {"key": "a"}},
    {"customerJourneySummary": {"momentsCount": {"count": "many"}}},
    {"customerJourneySummary": []},
]


@pytest.mark.parametrize("bad", [*BAD, {"updatedAt": None}, {"updatedAt": "2031-01-01T00:00:00Z"}])
async def test_an_order_that_cannot_be_read_is_rejected_by_its_id(bad):
    page = await read(node(1), node(2, **bad), node(3))
    assert keys(page) == ["1", "3"] or keys(page) == ["1", "2", "3"]
    assert "layla@" not in str(page)


@pytest.mark.parametrize("bad", [None, [], "text", {}])
async def test_a_node_without_an_id_is_rejected(bad):
    page = await read(node(1), bad)
    assert keys(page) == ["1"]
    assert rejected(page) == [""]


async def test_orders_that_all_lack_a_field_are_a_contract_error():
    with pytest.raises(ContractError, match="updatedAt"):
        await read(*({name: value for name, value in node(n).items() if name != "updatedAt"} for n in (1, 2)))


@pytest.mark.parametrize("bad", BAD[:4])
async def test_a_line_of_a_bulk_operation_that_cannot_be_read_is_rejected(bad):
    lines = [node(1), node(2, **bad), node(3)]
    operation = {
        "id": "gid://shopify/BulkOperation/1",
        "status": "COMPLETED",
        "objectCount": "3",
        "url": "http://store/x",
    }

    def answers(request):
        if request.url.host == "store":
            return httpx.Response(200, content=b"\n".join(json.dumps(each).encode() for each in lines))
        return httpx.Response(200, json={"data": {"bulkOperation": operation}})

    async with connected(SOURCE, WHO, answering(answers)) as client:
        page = [each async for found in download_bulk(client, WHO, operation["id"]) for each in found]
    assert keys(page) == ["1", "3"]
    assert rejected(page) == ["2"]


async def test_rejected_orders_are_read_by_id():
    nodes = [node(1), None, node(2, customer="layla")]
    answers = answering(lambda _: httpx.Response(200, json={"data": {"nodes": nodes}}))
    async with connected(SOURCE, WHO, answers) as client:
        read_keys = SOURCE.stream("orders").read_keys(client, WHO, ["1", "3", "2"], nothing_stored)
        page = [each async for found in read_keys for each in found]
    assert keys(page) == ["1"]
    assert rejected(page) == ["2"]
