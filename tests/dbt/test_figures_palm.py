"""Marts computed by hand from palm_world.py, after a whole `dbt build` with tests and unit tests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import palm_world as world
import pytest
from dbt_process import rows

DECIDED = {
    "1207": (world.KSA, "utm_campaign_id", "last_click", None),
    "1208": (None, None, None, "direct"),
    "1209": (None, None, None, "not_revenue"),
    "1210": (None, None, None, "not_revenue"),
    "1211": (world.KSA, "name_in_platform", "utm_only", None),
    "5001": (world.KSA, "utm_campaign_id", "utm_only", None),
    "5002": (world.KSA, "name_in_platform", "utm_only", None),
    "5003": (None, None, None, "not_revenue"),
    "5004": (None, None, None, "no_touch"),
    "29001": (None, None, None, "platform_does_not_expose"),
    "29002": (None, None, None, "not_revenue"),
    "29003": (None, None, None, "platform_does_not_expose"),
    "29004": (None, None, None, "platform_does_not_expose"),
}
# Net and collected, in the shop's currency.
MONEY = {
    "1207": (300, 300),
    "1208": (100, 0),
    "1209": (0, 0),
    "1210": (0, 0),
    "1211": (50, 50),
    "5001": (Decimal("350.75"), Decimal("350.75")),
    "5002": (0, 0),
    "5003": (0, 0),
    "5004": (60, 0),
    "29001": (Decimal("350.75"), Decimal("350.75")),
    "29002": (0, 0),
    "29003": (80, 80),
    "29004": (40, 0),
}


def palm(url: str, table: str) -> list[dict]:
    return rows(url, f"select * from marts.{table} where workspace_id = 'palm'")


def test_every_order_goes_to_its_campaign_or_says_why_not(built):
    assert {
        row["order_id"]: (row["campaign_id"], row["match_rule"], row["attribution_type"], row["reason"])
        for row in palm(built, "attribution_decisions")
    } == DECIDED


def test_every_store_tells_by_its_own_states_what_is_earned_and_what_is_in_hand(built):
    assert {row["order_id"]: (row["net"], row["collected"]) for row in palm(built, "orders")} == MONEY


def test_every_store_tells_the_same_moments_in_its_own_clock(built):
    moments: dict[datetime, set[str]] = {}
    for row in palm(built, "orders"):
        moments.setdefault(row["order_date"], set()).add(row["platform"])
    assert moments == {world.NOON: {"woocommerce", "salla", "zid"}, world.LATE: {"salla"}}


def test_micros_become_money_and_swipes_clicks(built):
    (row,) = [row for row in palm(built, "campaign_metrics") if row["date"] == world.DAY]
    assert (row["clicks"], row["spend"], row["conversions"], row["revenue"]) == (
        611,
        Decimal("214.87"),
        9,
        Decimal("731.2"),
    )
    assert (row["roas"], row["spend_reporting"]) == (Decimal("3.402988"), Decimal("805.7625"))


def test_a_day_is_final_when_it_is_old_and_its_platform_does_not_say_otherwise(built):
    assert {row["date"]: row["is_final"] for row in palm(built, "campaign_metrics")} == {
        world.LONG_AGO: True,
        world.LONG_AGO_UNSETTLED: False,
        world.DAY: False,
        world.YESTERDAY: False,
    }


def test_a_campaign_that_is_listed_and_measured_in_two_cases_is_one(built):
    found = [(row["campaign_id"], row["name"], row["status"]) for row in palm(built, "campaigns")]
    assert found == [(world.KSA, "KSA | Retargeting", "active")]


@pytest.mark.parametrize(
    ("day", "platform", "expected"),
    [
        # 300 and 50 dirhams are 306.3308 and 51.0551 riyals; the returned order has a conversion of value 0.
        (date(2026, 11, 10), "snapchat", (Decimal("805.7625"), Decimal("357.3859"), 3, None)),
        (date(2026, 11, 10), "all", (Decimal("805.7625"), Decimal("357.3859"), 3, Decimal("990.2462"))),
        (date(2026, 11, 11), "all", (0, Decimal("350.75"), 1, Decimal("350.75"))),
    ],
)
def test_a_day_sums_the_stores_in_one_currency(built, day, platform, expected):
    (row,) = [row for row in palm(built, "workspace_roas") if (row["date"], row["platform"]) == (day, platform)]
    assert (row["spend"], row["attributed_revenue"], row["attributed_orders"], row["store_revenue"]) == expected
