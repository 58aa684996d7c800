"""Sums by day: the days that were told are summed up again, whoever changed them, and no others are touched."""

from __future__ import annotations

import psycopg
import pytest
from dbt_process import dbt, rows

ROAS = ("run", "--select", "workspace_roas")
SPEND = "select date, spend from marts.workspace_roas where workspace_id = 'acme' and platform = 'all' order by date"
WRITTEN = "select date, xmin from marts.workspace_roas where date <> '2026-11-04' order by date, workspace_id, platform"
EARN = "update marts.campaign_metrics set spend_reporting = spend_reporting + 1000 where date = '2026-11-04'"


def run(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(statement)
        db.execute("select pg_stat_force_next_flush()")


@pytest.fixture
def summed(built_copy, scratch) -> str:
    dbt(built_copy, scratch, *ROAS)
    return built_copy


def test_a_day_that_somebody_changed_by_hand_is_summed_up_again_and_no_other(summed, scratch):
    before, others = rows(summed, SPEND), rows(summed, WRITTEN)
    run(summed, EARN)
    dbt(summed, scratch, *ROAS)
    grown = {day["date"]: day["spend"] - was["spend"] for day, was in zip(rows(summed, SPEND), before, strict=True)}
    assert {str(day) for day, more in grown.items() if more} == {"2026-11-04"}
    assert rows(summed, WRITTEN) == others != []


def test_days_without_a_row_left_are_gone(summed, scratch):
    for table in ("campaign_metrics", "attribution_events", "orders"):
        run(summed, f"delete from marts.{table} where workspace_id = 'blue'")
    dbt(summed, scratch, *ROAS)
    assert rows(summed, "select 1 from marts.workspace_roas where workspace_id = 'blue'") == []
    assert rows(summed, SPEND) != []


def test_a_table_that_was_made_anew_is_summed_up_whole(summed, scratch):
    before = rows(summed, SPEND)
    run(summed, "update marts.workspace_roas set spend = 0")
    run(summed, "create table marts.other (like marts.campaign_metrics including all)")
    run(summed, "insert into marts.other select * from marts.campaign_metrics")
    run(summed, "drop table marts.campaign_metrics cascade; alter table marts.other rename to campaign_metrics")
    dbt(summed, scratch, *ROAS)
    assert rows(summed, SPEND) == before


def test_what_every_reader_has_summed_up_is_not_kept(built_copy, scratch):
    run(built_copy, EARN)
    told = "select 1 from checks.days where told_by = 'marts.campaign_metrics'"
    assert rows(built_copy, told) != []
    for _ in range(2):
        dbt(built_copy, scratch, "run", "--select", "campaign_metrics+", "--exclude", "campaign_metrics")
    assert rows(built_copy, told) == []


def test_settings_are_kept_of_every_account_also_where_it_has_no_row(built_copy):
    kept = rows(built_copy, "select relation from checks.settings where place = '{shopify,acme.myshopify.com}'")
    assert {row["relation"] for row in kept} == {
        "intermediate.int_ad_metrics__changes",
        "intermediate.int_orders__touch_paths",
        "marts.attribution_credits",
        "marts.attribution_decisions",
        "marts.attribution_events",
        "marts.campaign_metrics",
        "marts.orders",
    }


def test_what_is_summed_up_by_day_can_be_shown_whole(summed, scratch):
    dbt(summed, scratch, "show", "--select", "workspace_roas")
