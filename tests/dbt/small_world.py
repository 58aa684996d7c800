"""A small business whose marts can be computed by hand; "now" is 12:00 in Riyadh on 22 November 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
from order_rows import visit
from raw_rows import Account, Load

META, TIKTOK = Account("meta", "901234567890"), Account("tiktok", "7000000000000000001")
KRONA, STORE = Account("meta", "901234567899"), Account("shopify", "acme.myshopify.com")
RIYADH_SALE, EID = "120211111111110001", "120211111111110002"
TWIN_A, TWIN_B = "120211111111110003", "120211111111110004"
OUD, TIK_SALE = "1790000000000000001", "1790000000000000002"
BLUE_SALE = "120219999999990001"
RIYADH_NAME = "حملة الرياض \u2013 نوفمبر"
YESTERDAY, TODAY = date(2026, 11, 21), date(2026, 11, 22)
COVERED = (date(2026, 8, 1), TODAY)
# Time of the orders: the 4th in Riyadh, still the 3rd in Los Angeles.
MIDNIGHT = datetime(2026, 11, 4, tzinfo=UTC)


def load(db: psycopg.Connection) -> None:
    run = Load(db)
    _configuration(run)
    _campaigns(run)
    _ad_days(run)
    _orders(run)


def _configuration(run: Load) -> None:
    run.workspace("acme", "SAR", "Asia/Riyadh")
    run.workspace("blue", "USD", "America/New_York")
    run.account("acme", META, "USD", "America/Los_Angeles")
    run.account("acme", TIKTOK, "AED", "Asia/Dubai")
    run.account("acme", STORE, "SAR", "Asia/Riyadh")
    run.account("blue", KRONA, "ISK", "Atlantic/Reykjavik")
    for account in (META, TIKTOK, STORE):
        run.synced(account, COVERED, datetime(2026, 11, 22, 8, 30, tzinfo=UTC))
    run.synced(KRONA, (COVERED[0], date(2026, 11, 20)), datetime(2026, 11, 20, 8, tzinfo=UTC), "no answer")


def _campaigns(run: Load) -> None:
    run.campaign(META, RIYADH_SALE, RIYADH_NAME)
    run.campaign(META, EID, "Eid + Sale")
    run.campaign(META, TWIN_A, "Twin")
    run.campaign(META, TWIN_B, "twin")
    run.campaign(TIKTOK, OUD, "Oud Perfume")
    run.campaign(TIKTOK, TIK_SALE, "Eid + Sale")
    run.campaign(KRONA, BLUE_SALE, "Oud Perfume")


def _ad_days(run: Load) -> None:
    twice = {"purchase": (9, "731.2"), "offsite_conversion.fb_pixel_purchase": (8, "650")}
    ratios = {"ctr": "3.331152", "cpc": "0.351669", "roas": {"purchase": "3.402988"}}
    day = {"impressions": 18342, "clicks": 611, "name": RIYADH_NAME}
    run.metrics(META, RIYADH_SALE, date(2026, 11, 3), spend="214.87", purchases=twice, **ratios, **day)
    run.metrics(META, RIYADH_SALE, date(2026, 11, 4), spend="100", **day)
    run.metrics(META, RIYADH_SALE, date(2026, 10, 3), spend="10", impressions=0, clicks=0, name="Old name")
    # A day with a fraction instead of percent, and with implausible and contradictory claims.
    odd = {"spend": "1", "impressions": 100, "clicks": 200, "ctr": "2.0", "cpc": "0.005", "name": "Eid + Sale"}
    rich = {"offsite_conversion.fb_pixel_purchase": (1, "5"), "purchase": (1, "5000")}
    run.metrics(META, EID, date(2026, 11, 5), purchases=rich, roas={"purchase": "50"}, **odd)
    usual = {"impressions": 1000, "clicks": 20, "spend": "50", "name": "Oud Perfume"}
    usual |= {"purchases": (4, "200"), "roas": "4.00"}
    for back in range(2, 11):
        run.metrics(TIKTOK, OUD, TODAY - timedelta(days=back), **usual)
    fallen = {"clicks": 1, "spend": "90", "purchases": (1, "10"), "roas": "1.00"}
    run.metrics(TIKTOK, OUD, YESTERDAY, **(usual | fallen))
    run.metrics(TIKTOK, TIK_SALE, YESTERDAY, spend="5", impressions=10, clicks=0, name="Eid + Sale")
    run.metrics(KRONA, BLUE_SALE, date(2026, 11, 18), spend="100", currency="ISK", impressions=10, clicks=1)


def _orders(run: Load) -> None:
    _matched_orders(run)
    _orders_that_are_no_revenue(run)
    _unmatched_orders(run)


def _before(**span: float) -> datetime:
    return MIDNIGHT - timedelta(**span)


def _matched_orders(run: Load) -> None:
    by_id = visit(1, _before(hours=5), utm_source="fb", utm_campaign=RIYADH_SALE, fbclid="IwZ")
    by_name = visit(2, _before(hours=2), utm_source="tiktok", utm_campaign="oud%20perfume", ttclid="E.C")
    # The latest matched visit wins; a later direct visit does not change that.
    run.order(STORE, 1001, MIDNIGHT, total="345.00", visits=[by_id, by_name, DIRECT])
    # Exactly seven days are within the window, one second more is not.
    run.order(STORE, 1002, MIDNIGHT, total="100.00", visits=[visit(4, _before(days=7), utm_id=RIYADH_SALE)])
    run.order(STORE, 1003, MIDNIGHT, total="50.00", visits=[visit(5, _before(days=7, seconds=1), utm_id=RIYADH_SALE)])
    run.order(STORE, 1004, MIDNIGHT, total="60.00", visits=[visit(6, _before(seconds=-1), utm_id=RIYADH_SALE)])
    arabic = visit(7, MIDNIGHT, utm_source="instagram", utm_campaign="%D8%AD%D9%85%D9%84%D8%A9_الرياض-نوفمبر\u200f")
    returned = {"refunded": "30.00", "received": "50.00", "status": "PARTIALLY_REFUNDED"}
    run.order(STORE, 1005, MIDNIGHT, total="80.00", visits=[arabic], **returned)
    # Already the 4th in Riyadh, in an hour that is still the 3rd in UTC.
    by_key = visit(14, _before(hours=2), campaign_id=RIYADH_SALE)
    run.order(STORE, 1018, _before(hours=1.5), total="19.00", visits=[by_key])


def _orders_that_are_no_revenue(run: Load) -> None:
    """Cash on delivery counts as revenue; other pending payments, tests and cancelled orders do not."""
    by_id = visit(1, _before(hours=5), utm_source="fb", utm_campaign=RIYADH_SALE, fbclid="IwZ")
    unpaid = {"total": "70.00", "received": "0.0", "status": "PENDING"}
    links = {"utm_source": "facebook", "utm_campaign": "Eid + Sale"}
    run.order(STORE, 1006, MIDNIGHT, gateway="Cash on Delivery (COD)", attributes=links, **unpaid)
    run.order(STORE, 1007, MIDNIGHT, visits=[by_id], **unpaid)
    run.order(STORE, 1008, MIDNIGHT, total="70.00", test=True, visits=[by_id])
    run.order(STORE, 1009, MIDNIGHT, total="70.00", cancelled="2026-11-05T00:00:00Z", visits=[by_id])


def _unmatched_orders(run: Load) -> None:
    def put(number: int, total: str, *visits: object) -> None:
        run.order(STORE, number, MIDNIGHT, total=total, visits=list(visits))

    put(1010, "11.00", visit(8, MIDNIGHT, utm_source="fb", utm_campaign="Twin"))
    put(1011, "12.00", visit(9, MIDNIGHT, utm_source="fb", utm_campaign="{{campaign.name}}"))
    put(1012, "13.00", visit(10, MIDNIGHT, utm_campaign="1.20210123456780E+17"))
    put(1013, "14.00", visit(11, MIDNIGHT, utm_source="fb", utm_campaign="Nobody's"))
    put(1014, "15.00", visit(12, MIDNIGHT, fbclid="IwZ"))
    put(1015, "16.00", DIRECT)
    put(1016, "17.00")
    put(1017, "18.00", visit(13, MIDNIGHT, source="google"))
    # The link names no platform, and two platforms have a campaign with that name.
    put(1019, "20.00", visit(15, MIDNIGHT, utm_campaign="eid + sale"))
    # Invalid bytes must not fail other rows.
    broken = {"landingPage": "https://shop.example/?utm_source=fb&utm_campaign=%FF%FEsale%"}
    put(1020, "21.00", visit(16, MIDNIGHT) | broken)


DIRECT = visit(3, _before(hours=1), source="direct")
