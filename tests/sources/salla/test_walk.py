"""A Salla store whose orders change, appear and vanish while its pages are read; a change puts one first."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from adsync.models import Account, Credentials
from adsync.ranges import TimeRange
from adsync.sources.salla.source import SOURCE
from walking import KEY, OVERLAP, Reader, Row, Shop, first_sync, missing, next_sync

START = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Store:
    def __init__(self, shop: Shop, zone: str = "Asia/Riyadh") -> None:
        self.shop, self.zone = shop, ZoneInfo(zone)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        return self.listing(request.url.params) if name == "orders" else self.one(int(name))

    def listing(self, params: httpx.QueryParams) -> httpx.Response:
        first, last = (date.fromisoformat(params.get(name, "2000-01-01")) for name in ("from_date", "to_date"))
        last = last if "to_date" in params else date(2999, 1, 1)
        found = [row for row in self.shop.rows.values() if first <= row.created.astimezone(self.zone).date() <= last]
        key, _, direction = params["sort_by"].partition("-")
        place = {"id": lambda row: row.id, "updated_at": lambda row: (row.modified, row.id)}[key]
        found.sort(key=place, reverse=direction == "desc")
        number, size = int(params["page"]), min(30, int(params["per_page"]))
        selected = found[(number - 1) * size : number * size]
        pages = {"total": len(found), "perPage": size, "currentPage": number, "totalPages": -(-len(found) // size)}
        body = {"status": 200, "success": True, "data": [brief(row) for row in selected], "pagination": pages}
        self.shop.happen(selected)
        self.shop.answered()
        return httpx.Response(200, json=body)

    def one(self, number: int) -> httpx.Response:
        if number not in self.shop.rows:
            return httpx.Response(404, json={"status": 404, "success": False, "error": {"code": "not_found"}})
        row = self.shop.rows[number]
        details = {
            **brief(row), "date": self.clock(row.created), "updated_at": self.clock(row.modified), "currency": "SAR",
            "amounts": {"total": {"amount": row.version, "currency": "SAR"}},
        }  # fmt: skip
        return httpx.Response(200, json={"status": 200, "success": True, "data": details})

    def clock(self, moment: datetime) -> dict[str, object]:
        local = moment.astimezone(self.zone)
        return {"date": local.strftime("%Y-%m-%d %H:%M:%S.000000"), "timezone_type": 3, "timezone": self.zone.key}


def brief(row: Row) -> dict[str, object]:
    money = {"amount": row.version, "currency": "SAR"}
    return {"id": row.id, "reference_id": row.id, "status": {"id": 1, "slug": "completed"}, "total": money}


def version(payload: dict[str, object]) -> int:
    return int(payload["amounts"]["total"]["amount"])


def reader(shop: Shop, zone: str = "Asia/Riyadh") -> Reader:
    who = Account("w", "salla", "1305146709", "salla", timezone=zone, customer_key=KEY)
    return Reader(SOURCE, who, httpx.MockTransport(Store(shop, zone)), Credentials("salla", password="a"))


@pytest.mark.parametrize("skew", [timedelta(), timedelta(seconds=-120), timedelta(seconds=120)], ids=str)
@pytest.mark.parametrize("seed", range(3))
async def test_nothing_is_lost_while_orders_change_appear_and_vanish(skew, seed):
    chance = random.Random(seed)  # noqa: S311
    shop = Shop(START, skew=skew, chance=chance, writes=2)
    for _ in range(130):
        shop.add(START - timedelta(days=3))
    for _ in range(200):
        created = START - timedelta(seconds=chance.randrange(86_400, 20 * 86_400))
        shop.add(created + timedelta(seconds=chance.randrange(86_000)), created)
    known = reader(shop)
    covered = await first_sync(shop, known)
    await next_sync(shop, known, covered)
    assert missing(shop, known, version) == []
    assert shop.calls < 100


async def test_orders_of_one_second_are_all_read_as_changes():
    shop = Shop(START)
    rows = [shop.add(START - timedelta(days=9)) for _ in range(260)]
    known = reader(shop)
    covered = await first_sync(shop, known)
    for row in rows:
        shop.save(row)
    await next_sync(shop, known, covered)
    assert missing(shop, known, version) == []


async def test_changes_in_the_second_of_two_equal_hours_are_not_taken_for_old_ones():
    """Cairo, 2026-10-29: what changed at 21:30 UTC shows the local time of 20:30 UTC."""
    shop = Shop(datetime(2026, 10, 29, 21, 20, tzinfo=UTC))
    rows = [shop.add(shop.now - timedelta(days=2)) for _ in range(90)]
    known = reader(shop, "Africa/Cairo")
    covered = await first_sync(shop, known)
    shop.now += timedelta(minutes=12)
    for row in rows[:60]:
        shop.save(row)
    shop.now += timedelta(minutes=3)
    await known.read(TimeRange(covered - OVERLAP, shop.now))
    assert missing(shop, known, version) == []
