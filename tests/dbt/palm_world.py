"""A second small business on the platforms that small_world lacks. Its days, and Snapchat's, are in Riyadh's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
from order_rows import session
from raw_rows import Account, Load

SNAPCHAT = Account("snapchat", "8adc3db7-8148-4fbf-999c-8d2266369d74")
WOOCOMMERCE, SALLA = Account("woocommerce", "shop.palm.example"), Account("salla", "1234567")
ZID = Account("zid", "7654321")
KSA = "92e1c28a-a331-45b4-8c26-fd3e0eea8c39"
DAY, YESTERDAY = date(2026, 11, 10), date(2026, 11, 21)
LONG_AGO, LONG_AGO_UNSETTLED = date(2026, 10, 20), date(2026, 10, 21)
NOON = datetime(2026, 11, 10, 9, 14, 5, tzinfo=UTC)
# Already the 11th in Riyadh.
LATE = datetime(2026, 11, 10, 21, 30, tzinfo=UTC)


def load(db: psycopg.Connection) -> None:
    run = Load(db)
    _configuration(run)
    _ad_days(run)
    _woocommerce_orders(run)
    _salla_orders(run)
    _zid_orders(run)


def _configuration(run: Load) -> None:
    run.workspace("palm", "SAR", "Asia/Riyadh")
    for account, currency in ((SNAPCHAT, "USD"), (WOOCOMMERCE, "AED"), (SALLA, "SAR"), (ZID, "SAR")):
        run.account("palm", account, currency, "Asia/Riyadh")
        run.synced(account, (date(2026, 8, 1), date(2026, 11, 22)), datetime(2026, 11, 22, 8, 30, tzinfo=UTC))


def _ad_days(run: Load) -> None:
    run.campaign(SNAPCHAT, KSA.upper(), "KSA | Retargeting")
    claimed = {"impressions": 18342, "clicks": 611, "spend": "214.87", "purchases": (9, "731.2")}
    few = {"impressions": 100, "clicks": 5, "spend": "10"}
    run.metrics(SNAPCHAT, KSA, DAY, settled=True, **claimed)
    run.metrics(SNAPCHAT, KSA, YESTERDAY, settled=False, **few)
    run.metrics(SNAPCHAT, KSA, LONG_AGO, settled=True, **few)
    run.metrics(SNAPCHAT, KSA, LONG_AGO_UNSETTLED, settled=False, **few)


def _woocommerce_orders(run: Load) -> None:
    clicked = session(NOON - timedelta(hours=2), utm_source="snapchat", utm_campaign=KSA, source_type="utm")
    typed = session(NOON - timedelta(hours=1), utm_source="(direct)", source_type="typein")
    unpaid = {"total": "100.00", "paid": None}
    run.order(WOOCOMMERCE, 1207, NOON, total="345.00", refunded="45.00", session=clicked)
    run.order(WOOCOMMERCE, 1208, NOON, method="cod", session=typed, **unpaid)
    run.order(WOOCOMMERCE, 1209, NOON, total="100.00", status="trash", session=clicked)
    run.order(WOOCOMMERCE, 1210, NOON, method="bacs", status="on-hold", session=clicked, **unpaid)
    # An order from an app has no session.
    tags = {"utm_source": "snap", "utm_campaign": "ksa+retargeting", "source_type": "mobile_app"}
    run.order(WOOCOMMERCE, 1211, NOON, total="50.00", session=tags)


def _salla_orders(run: Load) -> None:
    by_id = {"utm_source": "snapchat", "utm_campaign": KSA.upper(), "type": "campaign"}
    run.order(SALLA, 5001, LATE, total="350.75", details=by_id)
    by_name = {"source": "snap", "medium": "paid", "campaign": "KSA | Retargeting"}
    run.order(SALLA, 5002, NOON, total="100", status="restored", campaign=by_name)
    run.order(SALLA, 5003, NOON, total="70", status="canceled", details=by_id)
    run.order(SALLA, 5004, NOON, total="60", status="shipped", method="cod", pending=True)


def _zid_orders(run: Load) -> None:
    run.order(ZID, 29001, NOON, total="350.75", method="zid_credit_card")
    run.order(ZID, 29002, NOON, total="90.00", status="canceled")
    run.order(ZID, 29003, NOON, total="80.00", status="delivered", method="zid_cod")
    run.order(ZID, 29004, NOON, total="40.00", payment="pending", method="zid_cod")
