"""Two workspaces that are equal except for their campaigns' ids: names, links, order numbers, visitors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
from order_rows import visit
from raw_rows import Account, Load

NORTH, SOUTH = "north", "south"
ADS = {NORTH: Account("meta", "801"), SOUTH: Account("meta", "802")}
STORES = {NORTH: Account("shopify", "north.myshopify.com"), SOUTH: Account("shopify", "south.myshopify.com")}
SALE = {NORTH: "120218010000000001", SOUTH: "120218020000000001"}
EID = {NORTH: "120218010000000002", SOUTH: "120218020000000002"}
ONLY_SOUTH = "120218020000000003"
NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
# The customer of every order of these stores, as order_rows has it.
CUSTOMER = "5f0c"


def load(db: psycopg.Connection) -> None:
    run = Load(db)
    for workspace in (NORTH, SOUTH):
        run.workspace(workspace, "SAR", "Asia/Riyadh")
        run.account(workspace, ADS[workspace], "SAR", "Asia/Riyadh")
        run.account(workspace, STORES[workspace], "SAR", "Asia/Riyadh")
        run.campaign(ADS[workspace], SALE[workspace], "Sale")
        run.campaign(ADS[workspace], EID[workspace], "عيد | 2026")
        run.metrics(ADS[workspace], SALE[workspace], date(2026, 11, 9), spend="10", impressions=9, clicks=1)
        _orders(run, workspace)
        _clicks(run, workspace)
    run.campaign(ADS[SOUTH], ONLY_SOUTH, "Only in the south")


def before(**span: float) -> datetime:
    return NOON - timedelta(**span)


def _orders(run: Load, workspace: str) -> None:
    def put(number: int, *visits: object, created: datetime = NOON) -> None:
        run.order(STORES[workspace], number, created, total="100.00", visits=list(visits))

    put(1, visit(1, before(days=3), utm_source="fb", utm_campaign="Sale"))
    put(2, visit(2, before(hours=3), utm_campaign="%D8%B9%D9%8A%D8%AF%20%7C%202026"))
    put(3, visit(3, before(hours=2), utm_source="fb", utm_campaign="Only in the south"))
    put(4, visit(4, before(hours=1), utm_id=SALE[SOUTH]))
    # Long before all clicks, and long after them.
    put(5, created=before(days=20))
    put(6, created=NOON + timedelta(days=60))


def _clicks(run: Load, workspace: str) -> None:
    run.click(
        workspace, "k1", before(days=1, hours=1), visitor=CUSTOMER, utm_source="fb", utm_campaign="Only in the south"
    )
    run.click(workspace, "k2", before(seconds=-5), visitor="ben", order="3")
