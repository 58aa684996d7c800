"""A second build changes nothing by itself, and everything that a change upstream affects."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import psycopg
import small_world as world
from dbt_process import dbt, rows, tables
from order_rows import visit
from psycopg.sql import SQL, Identifier
from raw_rows import Load

LISTED_LATE = "1790000000000000003"
# Unit tests read no existing rows.
ONLY_ROWS = ("build", "--exclude-resource-type", "unit_test")
INCREMENTAL = (
    "intermediate.int_ad_metrics",
    "intermediate.int_orders",
    "intermediate.int_touches__parsed",
    "intermediate.int_touches__matched",
    "intermediate.int_orders__touch_paths",
    "intermediate.int_orders__ranked_touches",
    "marts.campaign_metrics",
    "marts.orders",
    "marts.touches",
    "marts.attribution_decisions",
    "marts.attribution_events",
    "marts.attribution_credits",
)


def versions(url: str) -> dict[str, list]:
    """Returns the location and transaction of each row: a rewritten row would differ."""
    query = SQL("select ctid, xmin from {} order by ctid")
    return {name: rows(url, query.format(Identifier(*name.split(".")))) for name in INCREMENTAL}


def test_a_second_build_rewrites_nothing_and_a_third_only_what_changed(built_copy, scratch):
    content, written = tables(built_copy), versions(built_copy)
    dbt(built_copy, scratch, *ONLY_ROWS)
    assert tables(built_copy) == content
    assert versions(built_copy) == written

    with psycopg.connect(built_copy) as db:
        change(db)
    dbt(built_copy, scratch, *ONLY_ROWS)
    a_withdrawn_row_is_gone(built_copy)
    a_campaign_that_is_listed_late_takes_the_touches_that_name_it(built_copy)
    another_purchase_action_is_applied_to_history(built_copy)
    another_window_reopens_orders(built_copy)
    a_late_refund_lowers_the_order_and_its_attribution(built_copy)


def change(db: psycopg.Connection) -> None:
    load = Load(db)
    load.withdraw(world.META, world.RIYADH_SALE, date(2026, 11, 4))
    load.campaign(world.TIKTOK, LISTED_LATE, "Nobody's")
    load.campaign(world.TIKTOK, world.TIK_SALE, "Nobody's")
    action = '{"purchase_action": "offsite_conversion.fb_pixel_purchase"}'
    db.execute("update adsync.accounts set options = %s where native_id = %s", (action, world.META.native_id))
    db.execute("update adsync.workspaces set attribution = '{\"window_days\": 8}' where workspace_id = 'acme'")
    visits = [visit(4, world.MIDNIGHT, utm_id=world.RIYADH_SALE)]
    load.order(world.STORE, 1002, world.MIDNIGHT, total="100.00", refunded="40.00", received="60.00", visits=visits)


def decided(url: str, number: int) -> dict:
    (row,) = rows(url, "select * from marts.attribution_decisions where order_id = %s", f"gid://shopify/Order/{number}")
    return row


def a_withdrawn_row_is_gone(url: str) -> None:
    for table in ("marts.campaign_metrics", "intermediate.int_ad_metrics"):
        query = SQL("select * from {} where campaign_id = %s and date = '2026-11-04'")
        assert rows(url, query.format(Identifier(*table.split("."))), world.RIYADH_SALE) == []


def a_campaign_that_is_listed_late_takes_the_touches_that_name_it(url: str) -> None:
    """A campaign renamed after them does not match: if both names were valid, the touches would be ambiguous."""
    assert (decided(url, 1013)["campaign_id"], decided(url, 1013)["match_rule"]) == (LISTED_LATE, "name_unique")


def another_purchase_action_is_applied_to_history(url: str) -> None:
    query = "select conversions, revenue from marts.campaign_metrics where campaign_id = %s and date = '2026-11-03'"
    (row,) = rows(url, query, world.RIYADH_SALE)
    assert (row["conversions"], row["revenue"]) == (8, 650)


def another_window_reopens_orders(url: str) -> None:
    assert decided(url, 1003)["campaign_id"] == world.RIYADH_SALE


def a_late_refund_lowers_the_order_and_its_attribution(url: str) -> None:
    (row,) = rows(
        url, "select conversion_value from marts.attribution_events where order_id = 'gid://shopify/Order/1002'"
    )
    assert row["conversion_value"] == Decimal(60)
