"""A Zid store whose orders change, appear and vanish while its pages are read, by page number."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from adsync.models import Account, Credentials
from adsync.ranges import TimeRange
from adsync.sources.zid.source import SOURCE
from walking import KEY, Reader, Row, Shop, first_sync, missing, next_sync

START = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Store:
    """Filters by time of update, both bounds inclusive; sorts by creation."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def __call__(self, request: httpx.Request) -> httpx.Response:
        params, shop = request.url.params, self.shop
        since, until = (datetime.strptime(params[name], "%Y-%m-%dT%H:%M:%S.000%z") for name in ("date_from", "date_to"))
        found = [row for row in shop.rows.values() if since <= row.modified <= until]
        found.sort(key=lambda row: (row.created, row.id), reverse=params["sort_by"] == "desc")
        number, size = int(params["page"]), int(params["per_page"])
        selected = found[(number - 1) * size : number * size]
        body = {"orders": [order(row) for row in selected], "total_order_count": len(found)}
        shop.happen(selected)
        shop.answered()
        return httpx.Response(200, json=body)


def order(row: Row) -> dict[str, object]:
    clock = "%Y-%m-%d %H:%M:%S"
    return {
        "id": row.id, "order_status": {"code": "new"}, "payment_status": "paid", "order_total": f"{row.version}.00",
        "currency_code": "SAR", "created_at": row.created.strftime(clock), "updated_at": row.modified.strftime(clock),
    }  # fmt: skip


def version(payload: dict[str, object]) -> int:
    return int(str(payload["order_total"]).partition(".")[0])


@pytest.mark.parametrize("skew", [timedelta(), timedelta(seconds=-120), timedelta(seconds=120)], ids=str)
@pytest.mark.parametrize("seed", range(4))
async def test_nothing_is_lost_while_orders_change_appear_and_vanish(skew, seed):
    chance = random.Random(seed)  # noqa: S311
    shop = Shop(START, skew=skew, chance=chance, writes=1)
    for _ in range(260):
        shop.add(START - timedelta(days=3))
    for _ in range(300):
        created = START - timedelta(seconds=chance.randrange(86_400, 20 * 86_400))
        shop.add(created + timedelta(seconds=chance.randrange(86_000)), created)
    who = Account("w", "zid", "394106", "zid", timezone="Asia/Riyadh", customer_key=KEY)
    known = Reader(
        SOURCE, who, httpx.MockTransport(Store(shop)), Credentials("zid", password="a", extra={"authorization": "b"})
    )
    covered = await first_sync(shop, known)
    await next_sync(shop, known, covered)
    assert missing(shop, known, version) == []
    assert shop.calls < 60


async def test_orders_that_leave_a_past_range_hide_no_other():
    """Every page is followed by saves of orders that were read: they leave the range, and the others move up."""
    shop = Shop(START)
    for hour in range(600):
        shop.add(START - timedelta(days=5, minutes=hour))
    store = Store(shop)
    first = sorted(shop.rows)

    def answers(request: httpx.Request) -> httpx.Response:
        answer = store(request)
        for number in first[-40 * shop.calls :][:40]:
            shop.save(shop.rows[number])
        return answer

    who = Account("w", "zid", "394106", "zid", timezone="Asia/Riyadh", customer_key=KEY)
    known = Reader(
        SOURCE, who, httpx.MockTransport(answers), Credentials("zid", password="a", extra={"authorization": "b"})
    )
    await known.read(TimeRange(START - timedelta(days=30), START - timedelta(days=4)))
    assert set(known.loaded) == {str(number) for number in first}
