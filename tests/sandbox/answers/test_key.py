from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from adsync.sandbox.answers.key import answer_key, workspace_directory, workspace_orders
from adsync.sandbox.answers.last_click import decide, is_revenue
from adsync.sandbox.world import World

from . import rules

MOMENTS = [
    datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    datetime(2026, 11, 22, 22, 15, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
    datetime(2027, 3, 15, 3, 0, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
]


@pytest.fixture(scope="module")
def key(world):
    return answer_key(world)


def _alerts(key):
    names = ("workspace_id", "platform", "campaign_id", "date", "type")
    return {tuple(alert[name] for name in names) for alert in key["alerts"]}


@pytest.mark.parametrize("now", MOMENTS)
@pytest.mark.parametrize("seed", [1, 2, 7, 2026])
def test_nothing_but_the_planted_alerts_and_silence_is_there(seed, now):
    world = World.create(seed, now, days=45, orders=0)
    key = answer_key(world)
    assert rules.alerts(world) == _alerts(key)
    assert rules.silent_campaigns(world) == {
        (issue["workspace_id"], issue["campaign_id"], issue["date"]) for issue in key["issues"]
    }


def test_the_planted_alerts_are_four_of_three_types(key):
    assert Counter(alert["type"] for alert in key["alerts"]) == {
        "roas_drop": 2,
        "high_spend_low_conversions": 1,
        "ctr_drop": 1,
    }


def test_the_key_is_the_same_every_time(world, key):
    assert answer_key(World.create(world.seed, world.now)) == key


def test_another_seed_is_another_business(world, key):
    other = answer_key(World.create(world.seed + 1, world.now))
    assert other["campaign_days"] != key["campaign_days"]


def test_platforms_claim_more_than_the_store_sold_but_not_absurdly(key):
    for workspace_id in ("acme", "nakhla", "juniper"):
        rows = [
            row for row in key["workspace_roas"] if row["workspace_id"] == workspace_id and row["platform"] == "all"
        ]
        claimed, attributed = (
            sum(Decimal(row[name]) for row in rows) for name in ("claimed_revenue", "attributed_revenue")
        )
        assert Decimal("1.05") < claimed / attributed < Decimal("1.6")


def test_the_total_row_adds_up_the_platforms(key):
    sums = Counter()
    for row in key["workspace_roas"]:
        sign = -1 if row["platform"] == "all" else 1
        for name in ("spend", "claimed_revenue", "attributed_revenue", "attributed_orders", "claimed_conversions"):
            sums[row["workspace_id"], name] += sign * Decimal(row[name])
    assert set(sums.values()) == {0}


def test_roas_rows_and_campaign_rows_tell_the_same_attribution(key):
    by_campaign, by_day = Counter(), Counter()
    for row in key["attribution"]:
        by_campaign[row["workspace_id"], row["platform"]] += Decimal(row["attributed_revenue"])
    for row in key["workspace_roas"]:
        if row["platform"] != "all":
            by_day[row["workspace_id"], row["platform"]] += Decimal(row["attributed_revenue"])
    assert by_campaign == by_day


def test_every_reason_and_every_rule_occurs_in_every_workspace(world):
    for workspace in world.workspaces:
        known = workspace_directory(world, workspace.id)
        found = Counter(decide(order, known).how for order in workspace_orders(world, workspace.id))
        assert set(found) == {
            *("utm_id", "campaign_id_param", "utm_campaign_id", "name_in_platform", "name_unique"),
            *("not_revenue", "no_touch", "no_utm", "direct", "macro_unexpanded", "damaged_id", "unknown_campaign"),
            *("ambiguous_name", "platform_only", "touch_after_order", "outside_window"),
        }
        assert min(found.values()) >= 10


EXPECTED = {
    "id_in_utm_campaign": {"utm_campaign_id"},
    "name_in_utm_campaign": {"name_in_platform", "ambiguous_name"},
    "name_without_source": {"name_unique", "ambiguous_name"},
    "utm_id_in_landing_page": {"utm_id"},
    "name_in_landing_page": {"name_in_platform", "ambiguous_name"},
    "campaign_id_in_query": {"campaign_id_param"},
    "several_touches": {"utm_campaign_id"},
    "later_direct_visit": {"utm_campaign_id"},
    "many_visits": {"utm_campaign_id"},
    "touch_after_order": {"touch_after_order", "utm_campaign_id"},
    "exactly_at_the_edge": {"utm_campaign_id"},
    "a_second_past_the_edge": {"outside_window"},
    "long_before": {"outside_window"},
    "unexpanded_macro": {"macro_unexpanded"},
    "damaged_id": {"damaged_id"},
    "unknown_campaign": {"unknown_campaign"},
    "nameless_campaign": {"direct"},
    "shared_name": {"ambiguous_name"},
    "somebody_elses_campaign": {"unknown_campaign"},
    "click_id_alone": {"platform_only"},
    "direct": {"no_utm"},
    "found_by_search": {"no_utm"},
    "no_journey": {"no_touch"},
    "tags_on_the_order": {"utm_campaign_id", "name_in_platform", "ambiguous_name"},
    "not_ready": {"no_touch"},
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_journey_ends_the_way_it_was_drawn(world, kind):
    """Campaigns that left the window before its first orders are unknown by then: those orders are left out."""
    ends = set()
    for workspace in world.workspaces:
        known = workspace_directory(world, workspace.id)
        settled = world.first_day(workspace.timezone) + timedelta(days=30)
        for order in workspace_orders(world, workspace.id):
            if order.kind == kind and is_revenue(order) and order.placed_at.date() > settled:
                ends.add(decide(order, known).how)
    assert ends == EXPECTED[kind]
