"""Marts computed by hand from small_world.py, after a whole `dbt build` with tests and unit tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import small_world as world
from dbt_process import rows

ATTRIBUTED = {
    1001: (world.OUD, "name_in_platform", "last_click"),
    1002: (world.RIYADH_SALE, "utm_id", "last_click"),
    1005: (world.RIYADH_SALE, "name_in_platform", "last_click"),
    1006: (world.EID, "name_in_platform", "utm_only"),
    1018: (world.RIYADH_SALE, "campaign_id_param", "last_click"),
}
UNATTRIBUTED = {
    1003: "outside_window",
    1004: "touch_after_order",
    1007: "not_revenue",
    1008: "not_revenue",
    1009: "not_revenue",
    1010: "ambiguous_name",
    1011: "macro_unexpanded",
    1012: "damaged_id",
    1013: "unknown_campaign",
    1014: "platform_only",
    1015: "direct",
    1016: "no_touch",
    1017: "no_utm",
    1019: "ambiguous_name",
    1020: "unknown_campaign",
}


def decisions(url: str) -> dict[int, dict]:
    found = rows(url, "select * from marts.attribution_decisions where workspace_id = 'acme'")
    return {int(row["order_id"].rsplit("/", 1)[1]): row for row in found}


def totals(url: str, day: date, platform: str) -> dict:
    query = "select * from marts.workspace_roas where workspace_id = 'acme' and date = %s and platform = %s"
    (row,) = rows(url, query, day, platform)
    return row


def metrics(url: str, campaign_id: str, day: date) -> dict:
    (row,) = rows(url, "select * from marts.campaign_metrics where campaign_id = %s and date = %s", campaign_id, day)
    return row


def test_each_order_goes_where_its_last_known_campaign_touch_came_from(built):
    decided = decisions(built)
    assert {
        number: (row["campaign_id"], row["match_rule"], row["attribution_type"])
        for number, row in decided.items()
        if row["outcome"] == "attributed"
    } == ATTRIBUTED


def test_each_other_order_says_why_it_went_nowhere(built):
    decided = decisions(built)
    assert {n: row["reason"] for n, row in decided.items() if row["outcome"] == "unattributed"} == UNATTRIBUTED


def test_rejected_touches_are_listed_latest_first_with_their_reasons(built):
    rejected = decisions(built)[1001]["rejected"]
    assert [(touch["touch"].rsplit("/", 1)[1], touch["why"]) for touch in rejected] == [
        ("3", "direct"),
        ("1", "earlier_touch"),
    ]


def test_meta_counts_one_purchase_once_by_the_first_action_the_account_ever_reported(built):
    row = metrics(built, world.RIYADH_SALE, date(2026, 11, 3))
    assert (row["conversions"], row["revenue"], row["roas"]) == (9, Decimal("731.2"), Decimal("3.402988"))
    assert (row["ctr"], row["cpc"]) == (Decimal("3.331153"), Decimal("0.351669"))
    assert (row["spend_reporting"], row["revenue_reporting"]) == (Decimal("805.7625"), Decimal("2742.0000"))


def test_a_dash_is_nothing_in_the_mart_and_nothing_divided_is_null(built):
    row = metrics(built, world.TIK_SALE, world.YESTERDAY)
    assert (row["conversions"], row["revenue"], row["roas"], row["cpc"]) == (0, 0, 0, None)


def test_two_currencies_meet_in_the_dollar(built):
    row = metrics(built, world.OUD, world.YESTERDAY)
    assert (row["fx_rate"], row["spend_reporting"]) == (Decimal("1.0211027910"), Decimal("91.8993"))


@pytest.mark.parametrize(
    ("day", "platform", "expected"),
    [
        # In Los Angeles the orders are on the 3rd: 00:00 UTC is the evening before.
        (date(2026, 11, 3), "meta", (Decimal("805.7625"), Decimal(239), 4, None)),
        (date(2026, 11, 4), "tiktok", (Decimal(0), Decimal(345), 1, None)),
        (date(2026, 11, 4), "all", (Decimal(375), Decimal(584), 5, Decimal(851))),
    ],
)
def test_a_day_has_its_spend_and_its_orders_each_in_the_right_zone(built, day, platform, expected):
    row = totals(built, day, platform)
    assert (row["spend"], row["attributed_revenue"], row["attributed_orders"], row["store_revenue"]) == expected


def test_collected_money_leaves_out_what_is_still_to_be_paid_on_delivery(built):
    assert totals(built, date(2026, 11, 4), "all")["collected_revenue"] == Decimal("514.0000")


def test_a_total_with_an_unknown_currency_is_unknown_and_an_issue_says_so(built):
    (row,) = rows(built, "select spend from marts.workspace_roas where workspace_id = 'blue' and platform = 'all'")
    assert row["spend"] is None
    (issue,) = rows(built, "select detail from marts.consistency_issues where type = 'unknown_currency'")
    assert "no exchange rate for ISK" in issue["detail"]


def test_exactly_the_planted_alerts_are_raised(built):
    """Its ROAS drops too, from 4 to 0.1, but 91.90 riyals are below the minimum spend."""
    found = rows(built, "select campaign_id, date, type from marts.performance_alerts")
    assert {(row["campaign_id"], row["date"], row["type"]) for row in found} == {
        (world.OUD, world.YESTERDAY, "high_spend_low_conversions"),
        (world.OUD, world.YESTERDAY, "ctr_drop"),
    }


def test_exactly_the_planted_issues_are_found(built):
    found = rows(built, "select type, coalesce(campaign_id, account_id) as about from marts.consistency_issues")
    silent = {("missing_metrics", c) for c in (world.RIYADH_SALE, world.EID, world.TWIN_A, world.TWIN_B)}
    assert {(row["type"], row["about"]) for row in found} == silent | {
        ("invalid_ctr", world.EID),
        ("suspicious_roas", world.EID),
        ("identity_ctr", world.EID),
        ("identity_roas", world.EID),
        ("identity_roas", world.OUD),
        ("unknown_currency", world.KRONA.native_id),
        ("stale_account", world.KRONA.native_id),
    }


def test_the_dashboard_sums_the_last_thirty_days_of_the_workspace(built):
    (row,) = rows(built, "select * from marts.dashboard_metrics where (workspace_id, period) = ('acme', '30_days')")
    assert (row["total_spend"], row["total_revenue"], row["conversions"]) == (Decimal("1741.0132"), Decimal(584), 5)
    assert (row["roas"], row["complete"], row["stale_accounts"]) == (Decimal("0.335437"), True, [])
    assert (row["currency"], row["timezone"], row["provisional_from"]) == ("SAR", "Asia/Riyadh", date(2026, 10, 26))


def test_a_stale_account_makes_its_workspace_incomplete(built):
    (row,) = rows(built, "select * from marts.dashboard_metrics where (workspace_id, period) = ('blue', 'today')")
    assert (row["complete"], row["stale_accounts"]) == (False, [f"meta:{world.KRONA.native_id}"])


def test_old_names_of_a_campaign_are_kept(built):
    query = "select name, is_current from marts.campaign_names where campaign_id = %s"
    assert {(row["name"], row["is_current"]) for row in rows(built, query, world.RIYADH_SALE)} == {
        (world.RIYADH_NAME, True),
        ("Old name", False),
    }
