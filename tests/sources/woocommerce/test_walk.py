"""A WooCommerce site that selects ids first and loads each order afterwards, while its orders are saved and deleted."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from adsync.errors import ContractError
from adsync.models import Account, Credentials
from adsync.ranges import TimeRange
from adsync.sources.woocommerce.source import SOURCE
from walking import KEY, Reader, Row, Shop, first_sync, missing, next_sync

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAIRO, RIYADH = ZoneInfo("Africa/Cairo"), ZoneInfo("Asia/Riyadh")
HOST = "shop.walk.example"


@dataclass
class Site:
    """`legacy` sorts by local time; `dated` and `counted` are the headers that a proxy may remove."""

    shop: Shop
    zone: ZoneInfo = RIYADH
    legacy: bool = False
    dated: bool = True
    counted: bool = True
    dates_at_the_end: bool = True
    before: Callable[[list[Row]], None] = lambda _: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        params, shop, began = request.url.params, self.shop, self.shop.clock
        found = sorted((row for row in shop.rows.values() if self.matches(row, params)), key=self.place)
        start, size = int(params.get("offset", 0)), int(params["per_page"])
        selected = found[start : start + size]
        shop.happen(selected)
        self.before(selected)
        rows = [order(row) for row in selected if row.id in shop.rows]
        shop.answered()
        headers = {"X-WP-Total": str(len(found))} if self.counted else {}
        if self.dated:
            headers["Date"] = format_datetime(shop.clock if self.dates_at_the_end else began, usegmt=True)
        return httpx.Response(200, json=rows, headers=headers)

    def matches(self, row: Row, params: httpx.QueryParams) -> bool:
        after, before = (instant(params[name]) for name in ("modified_after", "modified_before"))
        return after < row.modified < before and row.trashed == (params["status"] == "trash")

    def place(self, row: Row) -> tuple[datetime, int]:
        local = row.modified.astimezone(self.zone).replace(tzinfo=None, fold=0)
        return (local if self.legacy else row.modified.replace(tzinfo=None)), row.id


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def order(row: Row) -> dict[str, object]:
    clock = "%Y-%m-%dT%H:%M:%S"
    return {
        "id": row.id, "number": str(row.id), "status": "trash" if row.trashed else "processing", "currency": "SAR",
        "date_created_gmt": row.created.strftime(clock), "date_modified_gmt": row.modified.strftime(clock),
        "date_paid_gmt": None, "date_completed_gmt": None, "total": f"{row.version}.00", "total_tax": "0",
        "discount_total": "0", "shipping_total": "0", "payment_method": "cod", "created_via": "checkout",
        "customer_id": 0, "refunds": [], "meta_data": [],
    }  # fmt: skip


def version(payload: dict[str, object]) -> int:
    return int(str(payload["total"]).partition(".")[0])


def reader(site: Site) -> Reader:
    account = Account("w", "woocommerce", HOST, "woocommerce_test", timezone=site.zone.key, customer_key=KEY)
    return Reader(SOURCE, account, httpx.MockTransport(site), Credentials("woo", login="ck_1", password="cs_1"))


def shop_of(count: int, seed: int = 1, **more: object) -> Shop:
    """Orders of the last twenty days."""
    chance = random.Random(seed)  # noqa: S311
    shop = Shop(START, chance=chance, **more)
    for _ in range(count):
        shop.add(START - timedelta(seconds=chance.randrange(60, 20 * 86_400)))
    return shop


SKEWS = [timedelta(), timedelta(seconds=-120), timedelta(seconds=120), timedelta(minutes=-45)]


@pytest.mark.parametrize("headers", ["both", "undated", "uncounted", "dated_at_the_start"])
@pytest.mark.parametrize("skew", SKEWS, ids=str)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_nothing_is_lost_while_orders_are_saved_deleted_and_added(skew, headers, seed):
    if headers == "undated" and skew < timedelta():
        skew = timedelta()
    shop = shop_of(420, seed, skew=skew, writes=2)
    site = Site(
        shop,
        dated=headers != "undated",
        counted=headers != "uncounted",
        dates_at_the_end=headers != "dated_at_the_start",
    )
    crowded = START - timedelta(days=3)
    for _ in range(260):
        shop.add(crowded)
    known = reader(site)
    covered = await first_sync(shop, known)
    await next_sync(shop, known, covered)
    assert missing(shop, known, version) == []
    assert shop.calls < 60


@pytest.mark.parametrize("site_clock", [timedelta(), timedelta(seconds=-120)], ids=str)
async def test_the_last_order_of_every_page_is_saved_while_the_page_is_read(site_clock):
    """`sync --since X` under writes: every order that existed at the start is read by this sync alone."""
    shop = shop_of(600, skew=site_clock)
    before = set(shop.rows)
    known = reader(Site(shop, before=lambda page: [shop.save(row) for row in page[-2:]]))
    await known.read(TimeRange(START - timedelta(days=30), START))
    assert {str(number) for number in before} <= set(known.loaded)


@pytest.mark.parametrize("legacy", [True, False])
@pytest.mark.parametrize("count", [150, 900])
async def test_an_hour_that_occurs_twice_hides_no_order_of_legacy_storage(legacy, count):
    """Cairo ends daylight saving on 2026-10-29 at 21:00 UTC; pages end inside the doubled hour."""
    chance, end = random.Random(7), datetime(2026, 10, 29, 22, tzinfo=UTC)  # noqa: S311
    shop = Shop(datetime(2026, 10, 30, 12, tzinfo=UTC), chance=chance, writes=1)
    for _ in range(87):
        shop.add(end - timedelta(hours=3, seconds=chance.randrange(86_400)))
    for _ in range(count):
        shop.add(end - timedelta(seconds=chance.randrange(1, 7_200)))
    known = reader(Site(shop, CAIRO, legacy=legacy))
    covered = await first_sync(shop, known)
    await next_sync(shop, known, covered)
    assert missing(shop, known, version) == []
    assert shop.calls < 60


async def test_many_orders_of_the_second_before_the_sync_are_read():
    shop = shop_of(150)
    for _ in range(260):
        shop.add(START - timedelta(seconds=1))
    known = reader(Site(shop))
    await known.read(TimeRange(START - timedelta(days=30), START))
    assert missing(shop, known, version) == []


async def test_an_order_that_was_saved_past_the_range_is_news_not_an_ignored_filter():
    shop = shop_of(30)
    late = shop.add(START - timedelta(days=1))
    known = reader(Site(shop, before=lambda _: shop.save(late) if late.version == 0 else None))
    await known.read(TimeRange(START - timedelta(days=30), START))
    assert version(known.loaded[str(late.id)]) == 1


async def test_an_order_older_than_the_range_shows_that_the_filter_is_ignored():
    shop = shop_of(3)
    site = Site(shop)
    site.matches = lambda _row, _params: True
    with pytest.raises(ContractError, match=r"ignored the filter.*5\.8"):
        await reader(site).read(TimeRange(START - timedelta(hours=1), START))


async def test_a_page_that_is_short_because_an_order_was_deleted_is_not_the_last():
    shop = shop_of(350)
    doomed = sorted(shop.rows.values(), key=lambda row: row.modified)[50]
    known = reader(Site(shop, before=lambda page: shop.delete(doomed) if doomed in page and shop.calls == 0 else None))
    await known.read(TimeRange(START - timedelta(days=30), START))
    assert missing(shop, known, version) == []


async def test_a_site_whose_list_never_rests_ends_with_an_error_or_everything():
    shop = shop_of(500, writes=40)
    known = reader(Site(shop))
    await known.read(TimeRange(START - timedelta(days=30), START))
    assert shop.calls < 60
