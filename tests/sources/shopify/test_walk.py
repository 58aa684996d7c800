"""A Shopify store whose orders change, appear and vanish while its pages are read, by cursor and time of update."""

from __future__ import annotations

import base64
import json
import random
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from adsync.models import Account, Credentials
from adsync.sources.shopify.source import SOURCE
from walking import KEY, Reader, Row, Shop, first_sync, next_sync

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
BOUNDS = re.compile(r"updated_at:>='([^']*)' AND updated_at:<'([^']*)'")


class Store:
    """A cursor holds time and id of the last row. The search may be behind: rows are loaded after it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def __call__(self, request: httpx.Request) -> httpx.Response:
        variables, shop = json.loads(request.content)["variables"], self.shop
        since, until = (datetime.fromisoformat(text) for text in BOUNDS.search(variables["filter"]).groups())
        found = sorted((row for row in shop.rows.values() if since <= row.modified < until), key=place)
        if after := variables["after"]:
            found = [row for row in found if place(row) > json.loads(base64.b64decode(after))]
        selected = found[: variables["first"]]
        cursor = base64.b64encode(json.dumps(place(selected[-1])).encode()).decode() if selected else None
        shop.happen(selected)
        shop.answered()
        nodes = [order(row) for row in selected if row.id in shop.rows]
        page = {"hasNextPage": len(found) > len(selected), "endCursor": cursor}
        return httpx.Response(200, json={"data": {"orders": {"pageInfo": page, "nodes": nodes}}})


def place(row: Row) -> list[object]:
    return [row.modified.isoformat(), row.id]


def order(row: Row) -> dict[str, object]:
    clock = "%Y-%m-%dT%H:%M:%SZ"
    return {"id": str(row.id), "createdAt": row.created.strftime(clock), "updatedAt": row.modified.strftime(clock),
            "name": f"#{row.version}", "customerJourneySummary": None}  # fmt: skip


@pytest.mark.parametrize("skew", [timedelta(), timedelta(seconds=-120), timedelta(seconds=120)], ids=str)
@pytest.mark.parametrize("seed", range(3))
async def test_nothing_is_lost_while_orders_change_appear_and_vanish(skew, seed):
    chance = random.Random(seed)  # noqa: S311
    shop = Shop(START, skew=skew, chance=chance, writes=2)
    for _ in range(260):
        shop.add(START - timedelta(days=3))
    for _ in range(300):
        shop.add(START - timedelta(seconds=chance.randrange(60, 20 * 86_400)))
    who = Account("w", "shopify", "acme.myshopify.com", "shop", customer_key=KEY)
    known = Reader(SOURCE, who, httpx.MockTransport(Store(shop)), Credentials("shop", password="shpat_1"))
    covered = await first_sync(shop, known)
    await next_sync(shop, known, covered)
    lost = [row.id for row in shop.rows.values() if known.loaded.get(str(row.id), {}).get("name") != f"#{row.version}"]
    assert lost == []
    assert shop.calls < 60
