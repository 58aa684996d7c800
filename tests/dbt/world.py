"""A small business that the figures can be worked out for by hand; "now" is 12:00 in Riyadh on 22 November 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
from tests.dbt import raw_rows as raw

META, TIKTOK, KRONA = "901234567890", "7000000000000000001", "901234567899"
STORE = "acme.myshopify.com"
RIYADH_SALE, EID, TWIN_A, TWIN_B = (
    "120211111111110001",
    "120211111111110002",
    "120211111111110003",
    "120211111111110004",
)
OUD, BLUE_SALE, TIK_SALE = "1790000000000000001", "120219999999990001", "1790000000000000002"
YESTERDAY, TODAY = date(2026, 11, 21), date(2026, 11, 22)
COVERED = (date(2026, 8, 1), TODAY)


def hours(count: float) -> datetime:
    """That many hours after 1 November 2026, 00:00 UTC."""
    return datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=count)


def load(db: psycopg.Connection) -> None:
    _configuration(db)
    _campaigns(db)
    _ad_days(db)
    _orders(db)


def _configuration(db: psycopg.Connection) -> None:
    raw.workspace(db, "acme", "SAR", "Asia/Riyadh")
    raw.workspace(db, "blue", "USD", "America/New_York")
    raw.account(db, "acme", "meta", META, "USD", "America/Los_Angeles")
    raw.account(db, "acme", "tiktok", TIKTOK, "AED", "Asia/Dubai")
    raw.account(db, "acme", "shopify", STORE, "SAR", "Asia/Riyadh")
    raw.account(db, "blue", "meta", KRONA, "SEK", "Europe/Stockholm")
    fresh = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
    raw.synced(db, "meta", META, COVERED, fresh)
    raw.synced(db, "tiktok", TIKTOK, COVERED, fresh)
    raw.synced(db, "shopify", STORE, COVERED, fresh)
    old = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    raw.synced(db, "meta", KRONA, (COVERED[0], date(2026, 11, 20)), old, status="failed", error_message="no answer")


def _campaigns(db: psycopg.Connection) -> None:
    raw.campaign(db, "meta", META, RIYADH_SALE, "حملة الرياض – نوفمبر")
    raw.campaign(db, "meta", META, EID, "Eid + Sale")
    raw.campaign(db, "meta", META, TWIN_A, "Twin")
    raw.campaign(db, "meta", META, TWIN_B, "twin")
    raw.campaign(db, "tiktok", TIKTOK, OUD, "Oud Perfume")
    raw.campaign(db, "tiktok", TIKTOK, TIK_SALE, "Eid + Sale")
    raw.campaign(db, "meta", KRONA, BLUE_SALE, "Oud Perfume")


def _ad_days(db: psycopg.Connection) -> None:
    twice = {"purchase": (9, "731.2"), "offsite_conversion.fb_pixel_purchase": (8, "650")}
    delivered = {"impressions": 18342, "clicks": 611, "name": "حملة الرياض – نوفمبر"}
    raw.metrics(
        db,
        "meta",
        META,
        RIYADH_SALE,
        date(2026, 11, 3),
        spend="214.87",
        ctr="3.331152",
        cpc="0.351669",
        purchases=twice,
        **delivered,
    )
    raw.metrics(db, "meta", META, RIYADH_SALE, date(2026, 11, 4), spend="100", **delivered)
    raw.metrics(db, "meta", META, RIYADH_SALE, date(2026, 10, 3), spend="10", impressions=0, clicks=0, name="Old name")
    # A day that says fraction where it means percent, and claims more than it can have.
    raw.metrics(
        db,
        "meta",
        META,
        EID,
        date(2026, 11, 5),
        spend="1",
        impressions=100,
        clicks=200,
        ctr="2.0",
        cpc="0.005",
        purchases={"offsite_conversion.fb_pixel_purchase": (1, "5"), "purchase": (1, "5000")},
        name="Eid + Sale",
    )
    for back in range(1, 11):
        spend, payments = ("90", (1, "10")) if back == 1 else ("50", (4, "200"))
        day = TODAY - timedelta(days=back)
        clicks = 1 if back == 1 else 20
        raw.metrics(
            db,
            "tiktok",
            TIKTOK,
            OUD,
            day,
            spend=spend,
            impressions=1000,
            clicks=clicks,
            purchases=payments,
            name="Oud Perfume",
        )
    raw.metrics(db, "tiktok", TIKTOK, TIK_SALE, YESTERDAY, spend="5", impressions=10, clicks=0, name="Eid + Sale")
    raw.metrics(db, "meta", KRONA, BLUE_SALE, date(2026, 11, 18), spend="100", currency="SEK", impressions=10, clicks=1)


def _orders(db: psycopg.Connection) -> None:
    def put(number: int, created: datetime, **row) -> None:
        raw.order(db, STORE, number, created, **row)

    at = hours(72)
    by_id = raw.visit(1, at - timedelta(hours=5), utm_source="fb", utm_campaign=RIYADH_SALE, fbclid="IwZ")
    by_name = raw.visit(2, at - timedelta(hours=2), utm_source="tiktok", utm_campaign="oud%20perfume", ttclid="E.C")
    direct = raw.visit(3, at - timedelta(hours=1), source="direct")
    # The later matched visit wins; a direct visit after it takes nothing away.
    put(1001, at, total="345.00", visits=[by_id, by_name, direct])
    # Exactly seven days are inside the window, one second more is not.
    put(1002, at, total="100.00", visits=[raw.visit(4, at - timedelta(days=7), utm_id=RIYADH_SALE)])
    put(1003, at, total="50.00", visits=[raw.visit(5, at - timedelta(days=7, seconds=1), utm_id=RIYADH_SALE)])
    put(1004, at, total="60.00", visits=[raw.visit(6, at + timedelta(seconds=1), utm_id=RIYADH_SALE)])
    arabic = raw.visit(7, at, utm_source="instagram", utm_campaign="%D8%AD%D9%85%D9%84%D8%A9_الرياض-نوفمبر\u200f")
    put(1005, at, total="80.00", refunded="30.00", received="50.00", visits=[arabic], status="PARTIALLY_REFUNDED")
    # Cash on delivery counts before it is collected; other pending money does not.
    put(
        1006,
        at,
        total="70.00",
        received="0.0",
        status="PENDING",
        gateway="Cash on Delivery (COD)",
        attributes={"utm_source": "facebook", "utm_campaign": "Eid + Sale"},
    )
    put(1007, at, total="70.00", received="0.0", status="PENDING", visits=[by_id])
    put(1008, at, total="70.00", test=True, visits=[by_id])
    put(1009, at, total="70.00", cancelled="2026-11-05T00:00:00Z", visits=[by_id])
    put(1010, at, total="11.00", visits=[raw.visit(8, at, utm_source="fb", utm_campaign="Twin")])
    put(1011, at, total="12.00", visits=[raw.visit(9, at, utm_source="fb", utm_campaign="{{campaign.name}}")])
    put(1012, at, total="13.00", visits=[raw.visit(10, at, utm_campaign="1.20210123456780E+17")])
    put(1013, at, total="14.00", visits=[raw.visit(11, at, utm_source="fb", utm_campaign="Nobody's")])
    put(1014, at, total="15.00", visits=[raw.visit(12, at, fbclid="IwZ")])
    put(1015, at, total="16.00", visits=[direct])
    put(1016, at, total="17.00")
    put(1017, at, total="18.00", visits=[raw.visit(13, at, source="google")])
    # 22:30 UTC on the 3rd: already the 4th in Riyadh, still the 3rd in Los Angeles.
    put(1018, hours(70.5), total="19.00", visits=[raw.visit(14, hours(70), campaign_id=RIYADH_SALE)])
    # No platform is told, and two platforms have a campaign of that name.
    put(1019, at, total="20.00", visits=[raw.visit(15, at, utm_campaign="eid + sale")])
    # Bytes that are no character must not stop the rest.
    broken = raw.visit(16, at) | {"landingPage": "https://shop.example/?utm_source=fb&utm_campaign=%FF%FEsale%"}
    put(1020, at, total="21.00", visits=[broken])
