"""What a second build changes: nothing by itself, and all that a change upstream makes different."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import psycopg
from tests.dbt import raw_rows as raw
from tests.dbt import world
from tests.dbt.runner import dbt, rows, tables

INCREMENTAL = (
    "intermediate.int_ad_metrics",
    "intermediate.int_orders",
    "intermediate.int_touches",
    "marts.campaign_metrics",
    "marts.orders",
    "marts.touches",
    "marts.attribution_decisions",
    "marts.attribution_events",
)


def versions(url: str) -> dict[str, list]:
    """Where each row lies on disk and which transaction wrote it: rewriting a row with itself would show."""
    return {name: rows(url, f"select ctid, xmin from {name} order by ctid") for name in INCREMENTAL}


def test_a_second_build_rewrites_nothing_and_a_third_only_what_changed(built_copy, scratch):
    content, written = tables(built_copy), versions(built_copy)
    dbt(built_copy, scratch, "build")
    assert tables(built_copy) == content
    assert versions(built_copy) == written

    with psycopg.connect(built_copy) as db:
        change(db)
    dbt(built_copy, scratch, "build")
    a_withdrawn_row_is_gone(built_copy)
    a_renamed_campaign_takes_the_touches_that_name_it(built_copy)
    another_purchase_action_is_applied_to_history(built_copy)
    another_window_reopens_orders(built_copy)
    a_late_refund_lowers_the_order_and_its_attribution(built_copy)


def change(db: psycopg.Connection) -> None:
    raw.withdraw(db, "meta", world.META, world.RIYADH_SALE, date(2026, 11, 4))
    raw.campaign(db, "tiktok", world.TIKTOK, world.TIK_SALE, "Nobody's")
    action = '{"purchase_action": "offsite_conversion.fb_pixel_purchase"}'
    db.execute("update adsync.accounts set options = %s where native_id = %s", (action, world.META))
    db.execute("update adsync.workspaces set attribution = '{\"window_days\": 8}' where workspace_id = 'acme'")
    at = world.hours(72)
    visits = [raw.visit(4, at, utm_id=world.RIYADH_SALE)]
    raw.order(db, world.STORE, 1002, at, total="100.00", refunded="40.00", received="60.00", visits=visits)


def decided(url: str, number: int) -> dict:
    (row,) = rows(url, f"select * from marts.attribution_decisions where order_id like '%/{number}'")
    return row


def a_withdrawn_row_is_gone(url: str) -> None:
    where = f"campaign_id = '{world.RIYADH_SALE}' and date = '2026-11-04'"
    assert rows(url, f"select * from marts.campaign_metrics where {where}") == []
    assert rows(url, f"select * from intermediate.int_ad_metrics where {where}") == []


def a_renamed_campaign_takes_the_touches_that_name_it(url: str) -> None:
    assert (decided(url, 1013)["campaign_id"], decided(url, 1013)["match_rule"]) == (world.TIK_SALE, "name_unique")


def another_purchase_action_is_applied_to_history(url: str) -> None:
    query = "select conversions, revenue from marts.campaign_metrics where (campaign_id, date) = ('{}', '2026-11-03')"
    (row,) = rows(url, query.format(world.RIYADH_SALE))
    assert (row["conversions"], row["revenue"]) == (8, 650)


def another_window_reopens_orders(url: str) -> None:
    assert decided(url, 1003)["campaign_id"] == world.RIYADH_SALE


def a_late_refund_lowers_the_order_and_its_attribution(url: str) -> None:
    (row,) = rows(url, "select conversion_value from marts.attribution_events where order_id like '%/1002'")
    assert row["conversion_value"] == Decimal(60)
