"""Credits, windows, reconciliation and new customers, computed by hand from small_world.py and palm_world.py."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import small_world as world
from dbt_process import rows

MODELS = {"last_click", "first_click", "linear", "position_based", "time_decay", "shapley"}
DAY = date(2026, 11, 4)


def credited(url: str, number: int) -> dict[tuple[str, str], dict]:
    query = "select * from marts.attribution_credits where order_id = %s"
    return {(row["model"], row["campaign_id"]): row for row in rows(url, query, f"gid://shopify/Order/{number}")}


def test_two_touches_share_an_order_by_every_model(built):
    """Touches two and five hours before an order of 345: at a half-life of seven days, three hours weigh 1.2 % less."""
    values = {key: row["credited_value"] for key, row in credited(built, 1001).items()}
    half = Decimal("172.5")
    assert values == {
        ("last_click", world.OUD): 345,
        ("first_click", world.RIYADH_SALE): 345,
        **{(model, world.OUD): half for model in ("linear", "position_based", "shapley")},
        **{(model, world.RIYADH_SALE): half for model in ("linear", "position_based", "shapley")},
        ("time_decay", world.OUD): Decimal("173.5676"),
        ("time_decay", world.RIYADH_SALE): Decimal("171.4324"),
    }


def test_an_order_that_only_carries_utm_is_one_touch_in_every_model(built):
    found = credited(built, 1006)
    assert {model for model, _ in found} == MODELS
    assert {(campaign, row["credit"], row["credited_value"]) for (_, campaign), row in found.items()} == {
        (world.EID, 1.0, 70)
    }


@pytest.mark.parametrize("number", [1003, 1004, 1007, 1008, 1009, 1016])
def test_unattributed_orders_have_no_credits(built, number):
    assert credited(built, number) == {}


def test_a_wider_window_finds_the_touches_that_the_narrow_one_does_not_reach(built):
    query = """select window_days, attributed_orders, attributed_revenue, spread_revenue, spread_share
        from marts.attribution_windows where campaign_id = %s and date = %s order by window_days"""
    found = [tuple(row.values()) for row in rows(built, query, world.RIYADH_SALE, DAY)]
    spread = (150, Decimal("0.684932"))
    # 7 days 00:00:00 are within the window, one second more is not.
    assert found == [
        (1, 2, 69, *spread),
        (3, 2, 69, *spread),
        (7, 3, 169, *spread),
        (14, 4, 219, *spread),
        (28, 4, 219, *spread),
    ]


def test_reconciliation_leads_from_all_orders_to_attributed_revenue(built):
    (row,) = rows(built, "select * from marts.reconciliation where workspace_id = 'acme' and date = %s", DAY)
    steps = ("gross", "test", "cancelled", "unpaid", "refunded", "store_revenue", "attributed", "unattributed")
    assert [row[step] for step in steps] == [1091, 70, 70, 70, 30, 851, 584, 267]
    assert sum(row["unattributed_by_reason"].values()) == 267
    assert row["unattributed_by_reason"]["touch_after_order"] == 60
    assert row["residual"] == 0


def test_no_day_of_any_workspace_leaves_anything_over(built):
    assert rows(built, "select * from marts.reconciliation where residual <> 0") == []
    assert rows(built, "select count(*) from marts.reconciliation where residual = 0")[0]["count"] > 15


def test_a_first_order_is_known_by_the_store_or_by_enough_history(built):
    """Zid does not report it: its orders are known from August on. WooCommerce's customers are guests."""
    query = "select order_id, is_new_customer from marts.orders where platform in ('zid', 'woocommerce')"
    found = {row["order_id"]: row["is_new_customer"] for row in rows(built, query)}
    assert {number: found[number] for number in ("29001", "29002", "29003", "29004")} == {
        "29001": True,
        "29002": False,
        "29003": False,
        "29004": False,
    }
    assert {found[number] for number in ("1207", "1208", "1211")} == {None}


def test_new_customers_are_a_part_of_attributed_revenue(built):
    query = """select attributed_orders, new_customer_orders, attributed_revenue, new_customer_revenue
        from marts.workspace_roas where workspace_id = 'acme' and date = %s and platform = 'all'"""
    # The order of 70 with UTM parameters has no journey, and its customer has an earlier order.
    assert [tuple(row.values()) for row in rows(built, query, DAY)] == [(5, 4, 584, 514)]
