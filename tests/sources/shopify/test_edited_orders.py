"""An edited order is asked for what its edits left; other orders take no further call."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx

from adsync.models import Account, ApiResponse
from adsync.sources.shopify.orders import with_all_visits

ACCOUNT = Account("acme", "shopify", account_id="acme.myshopify.com", conn_id="acme", customer_key=b"k")
# As documented: MoneyBag of schema 2026-10.
TOTAL = {"shopMoney": {"amount": "60.0"}}


def order(number: int, *, edited: bool) -> dict[str, object]:
    facts = {"id": f"gid://shopify/Order/{number}", "edited": edited, "createdAt": "2026-11-03T21:14:05Z"}
    return {**facts, "totalPriceSet": {"shopMoney": {"amount": "100.0", "currencyCode": "SAR"}}}


@dataclass
class Shop:
    """Answers the totals of every order but one that was deleted meanwhile."""

    asked: list[list[str]] = field(default_factory=list)

    async def post(self, _path: str, body: dict[str, dict[str, list[str]]], *, repeat: bool) -> ApiResponse:
        assert repeat
        self.asked.append(body["variables"]["ids"])
        nodes = [
            {"id": key, "currentTotalPriceSet": TOTAL} if not key.endswith("/3") else None for key in self.asked[-1]
        ]
        return ApiResponse(200, httpx.Headers(), json.dumps({"data": {"nodes": nodes}}).encode())


async def pages(*orders: dict[str, object]) -> AsyncIterator[list[dict[str, object]]]:
    yield list(orders)


async def test_an_edited_order_has_its_current_total():
    shop, read = Shop(), []
    given = pages(order(1, edited=False), order(2, edited=True), order(3, edited=True))
    async for page in with_all_visits(shop, ACCOUNT, given, 10):
        read += [json.loads(bytes(record.payload)) for record in page]
    assert shop.asked == [["gid://shopify/Order/2", "gid://shopify/Order/3"]]
    assert [one.get("currentTotalPriceSet") for one in read] == [None, TOTAL, None]


async def test_orders_without_edits_take_no_call():
    shop = Shop()
    async for page in with_all_visits(shop, ACCOUNT, pages(order(1, edited=False)), 10):
        assert len(page) == 1
    assert shop.asked == []
