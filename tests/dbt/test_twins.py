"""Equal workspaces never share a row, and late rows recompute exactly the orders that they affect."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
import twin_world as world
from dbt_process import ONLY_DATA, copy_of, dbt, rows
from order_rows import visit
from raw_rows import Load
from twin_world import NOON, NORTH, SOUTH, before

CROSSING = """
    select * from marts.touches as touches
    where exists (
        select from marts.campaigns
        where campaigns.campaign_id = touches.campaign_id and campaigns.workspace_id <> touches.workspace_id
    ) or exists (
        select from marts.orders
        where (orders.platform, orders.store_id, orders.order_id)
            = (touches.store_platform, touches.store_id, touches.order_id)
            and orders.workspace_id <> touches.workspace_id
    )
"""
CROSSED = """
    select decisions.* from marts.{} as decisions inner join marts.campaigns using (platform, account_id, campaign_id)
    where campaigns.workspace_id <> decisions.workspace_id
"""


@pytest.fixture(scope="module")
def twins(local_servers, scratch) -> Iterator[str]:
    with copy_of(local_servers, "adsync", "twins") as url:
        with psycopg.connect(url) as db:
            world.load(db)
        dbt(url, scratch, *ONLY_DATA)
        yield url


def decided(url: str, workspace: str) -> dict[int, tuple]:
    found = rows(url, "select * from marts.attribution_decisions where workspace_id = %s", workspace)
    return {
        int(row["order_id"].rsplit("/", 1)[1]): (row["campaign_id"], row["match_rule"] or row["reason"])
        for row in found
    }


def test_each_workspace_finds_its_own_campaigns_by_the_same_links(twins):
    """By name alone the two campaigns named Sale would be ambiguous, or both orders would go to the south's."""
    common = {5: (None, "no_touch"), 6: (None, "no_touch")}
    assert decided(twins, NORTH) == common | {
        1: (world.SALE[NORTH], "name_in_platform"),
        2: (world.EID[NORTH], "name_unique"),
        3: (None, "unknown_campaign"),
        4: (None, "unknown_campaign"),
    }
    assert decided(twins, SOUTH) == common | {
        1: (world.ONLY_SOUTH, "name_in_platform"),
        2: (world.EID[SOUTH], "name_unique"),
        3: (world.ONLY_SOUTH, "name_in_platform"),
        4: (world.SALE[SOUTH], "utm_id"),
    }


def test_not_one_row_crosses(twins):
    assert rows(twins, CROSSING) == []
    for table in ("attribution_decisions", "attribution_events"):
        assert rows(twins, CROSSED.format(table)) == []
    paths = "select * from intermediate.int_orders__touch_paths as decisions where touch_id like 'k%%'"
    assert {(row["workspace_id"], row["campaign_id"]) for row in rows(twins, paths)} == {(SOUTH, world.ONLY_SOUTH)}


def test_what_no_link_could_mean_is_offered_for_review_with_the_nearest_name(twins):
    reviewed = rows(
        twins, "select * from marts.utm_review where workspace_id = %s and reason = 'unknown_campaign'", NORTH
    )
    assert [(row["value"], row["touches"]) for row in reviewed] == [("only in the south", 2)]
    assert reviewed[0]["nearest_name"] in {"sale", "عيد 2026"}


def test_the_shares_of_a_week_make_up_one(twins):
    query = """select sum(share_of_orders) as all, sum(orders) as orders from marts.utm_match_rates
        where workspace_id = %s and week = '2026-11-09'"""
    assert [(float(row["all"]), row["orders"]) for row in rows(twins, query, NORTH)] == [(1.0, 4)]


def versions(url: str) -> dict[tuple[str, int], str]:
    """Returns the transaction of each decision: a rewritten row would differ."""
    found = rows(url, "select workspace_id, order_id, cast(xmin as text) as written from marts.attribution_decisions")
    return {(row["workspace_id"], int(row["order_id"].rsplit("/", 1)[1])): row["written"] for row in found}


def test_late_rows_recompute_exactly_the_orders_that_they_affect(twins, scratch):
    written = versions(twins)
    with psycopg.connect(twins) as db:
        come_late(Load(db))
    dbt(twins, scratch, *ONLY_DATA)
    assert {order for order, version in versions(twins).items() if written[order] != version} == {
        # Their customer's late click is within 28 days before them; 5 is earlier, 6 too late.
        *((NORTH, number) for number in (1, 2, 3, 4)),
        # Its journey is ready now.
        (SOUTH, 5),
    }
    north = decided(twins, NORTH)
    assert north[1] == (world.EID[NORTH], "name_unique")
    assert north[2] == (world.EID[NORTH], "name_unique")
    # Ben, who visited this order's thank-you page, has a link of his own.
    assert north[3] == (world.SALE[NORTH], "utm_id")
    assert decided(twins, SOUTH)[5] == (world.SALE[SOUTH], "utm_campaign_id")


def come_late(run: Load) -> None:
    run.click(NORTH, "k3", before(hours=20), visitor=world.CUSTOMER, utm_campaign="عيد | 2026")
    run.click(NORTH, "k4", before(minutes=30), visitor="ben", utm_id=world.SALE[NORTH])
    # After all orders that could be theirs.
    run.click(NORTH, "k5", NOON.replace(month=12), visitor="ben", utm_id=world.SALE[NORTH])
    ready = [visit(9, before(days=21), utm_campaign=world.SALE[SOUTH])]
    run.order(world.STORES[SOUTH], 5, before(days=20), total="100.00", visits=ready)
