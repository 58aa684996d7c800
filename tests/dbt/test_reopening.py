"""Orders are recomputed by changes of their customers' orders, of status mappings and of a store's history."""

from __future__ import annotations

from datetime import timedelta

import palm_world as world
import psycopg
from dbt_process import dbt, rows, tables
from raw_rows import Load

# Seeds keep the changes of the test.
WITHOUT_SEEDS = ("build", "--exclude-resource-type", "seed", "--exclude-resource-type", "unit_test")


def orders(url: str, platform: str) -> dict[str, dict]:
    found = rows(url, "select * from marts.orders where platform = %s", platform)
    return {row["order_id"]: row for row in found}


def test_buyers_statuses_and_history_reopen_exactly_as_a_full_refresh_would(built_copy, scratch):
    assert orders(built_copy, "zid")["29001"]["is_new_customer"] is True
    with psycopg.connect(built_copy) as db:
        change(db)
    dbt(built_copy, scratch, *WITHOUT_SEEDS)
    an_earlier_order_that_is_found_late_makes_the_next_one_a_later_one(built_copy)
    another_meaning_of_a_status_takes_its_orders_out_of_the_revenue(built_copy)
    a_shorter_history_makes_first_orders_uncertain(built_copy)
    a_late_refund_lowers_what_is_credited(built_copy)
    an_order_that_was_deleted_is_no_revenue_and_is_named(built_copy)
    grown = tables(built_copy)
    dbt(built_copy, scratch, *WITHOUT_SEEDS, "--full-refresh")
    rebuilt = tables(built_copy)
    assert {name for name in rebuilt if rebuilt[name] != grown[name]} == set()


def change(db: psycopg.Connection) -> None:
    load = Load(db)
    load.order(world.ZID, 28999, world.NOON - timedelta(days=1), total="10.00", method="zid_credit_card")
    db.execute("update seeds.store_statuses set stage = 'refused' where platform = 'woocommerce' and stage = 'paid'")
    db.execute("update adsync.sync_state set covered_from = '2026-10-01' where platform = 'salla'")
    mark = "payload || jsonb_build_object('adsync_deleted_at', now())"
    db.execute(f"update raw.zid_orders set payload = {mark}, loaded_at = now() where record_key = '29003'")
    details = {"utm_source": "snapchat", "utm_campaign": world.KSA.upper(), "type": "campaign"}
    load.order(world.SALLA, 5001, world.LATE, total="350.75", status="restored", details=details)


def an_earlier_order_that_is_found_late_makes_the_next_one_a_later_one(url: str) -> None:
    found = orders(url, "zid")
    assert [found[number]["is_new_customer"] for number in ("28999", "29001")] == [True, False]


def another_meaning_of_a_status_takes_its_orders_out_of_the_revenue(url: str) -> None:
    found = orders(url, "woocommerce")
    assert {number: (row["stage"], row["is_revenue"]) for number, row in found.items()} == {
        "1207": ("refused", False),
        "1208": ("cod_pending", True),
        "1209": ("cancelled", False),
        "1210": ("placed", False),
        "1211": ("refused", False),
    }
    query = "select order_id from marts.attribution_credits where store_platform = 'woocommerce'"
    assert rows(url, query) == []


def a_shorter_history_makes_first_orders_uncertain(url: str) -> None:
    assert orders(url, "salla")["5002"]["is_new_customer"] is None


def a_late_refund_lowers_what_is_credited(url: str) -> None:
    query = "select distinct credited_value from marts.attribution_credits where order_id = '5001'"
    assert [row["credited_value"] for row in rows(url, query)] == [0]


def an_order_that_was_deleted_is_no_revenue_and_is_named(url: str) -> None:
    found = orders(url, "zid")["29003"]
    assert (found["status"], found["stage"], found["is_revenue"]) == ("deleted", "cancelled", False)
    assert (found["gross"], found["net"], found["collected"]) == (80, 0, 0)
    query = "select subject, value from marts.consistency_issues where type = 'deleted_order'"
    assert [(row["subject"].rpartition(":")[2], row["value"]) for row in rows(url, query)] == [("29003", 80)]
