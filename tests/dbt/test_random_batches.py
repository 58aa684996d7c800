"""Incremental equals full refresh, row for row, after 15 and 30 random batches in a random world.

dbt builds after one or several of them, as syncs come more often than builds.

A batch inserts, restates and withdraws campaign days, renames campaigns, tells of ads, adds orders and changes earlier
ones (refunds, cancellations, other visits), adds clicks that come late, and now and then turns a setting. Some things
happen once. Refreshes run on copies: the grown database goes on.
"""

from __future__ import annotations

import random
from datetime import timedelta

import psycopg
import random_world as world
from dbt_process import NOW, ONLY_DATA, ONLY_TABLES, copy_of, dbt, tables
from dbt_session import session
from psycopg.conninfo import conninfo_to_dict
from raw_rows import Load

BATCHES, COMPARED_EVERY, MORE_COME_FIRST = 30, 15, 0.45
# Settings that change.
WINDOWS = "update adsync.workspaces set attribution = jsonb_build_object('window_days', cast(%s as integer))"
ACTIONS = "update adsync.accounts set options = jsonb_build_object('purchase_action', %s::text) where native_id = %s"
ZONES = "update adsync.workspaces set timezone = %s where workspace_id = 'green'"

ONCE = {8: world.link_another_account, 13: world.change_currency_and_zone, 23: world.unlink_an_account}


def test_thirty_random_batches_leave_what_a_full_refresh_builds(warehouse_url, local_servers, scratch):
    # Repeatable; not used for secrets.
    chance = random.Random(4)  # noqa: S311
    with psycopg.connect(warehouse_url) as db:
        world.configure(db)
    built_at = None
    with session(warehouse_url, scratch / "session") as build:
        for number in range(1, BATCHES + 1):
            with psycopg.connect(warehouse_url) as db:
                grow(db, chance, number)
            compared = number % COMPARED_EVERY == 0
            if not compared and chance.random() < MORE_COME_FIRST:
                continue
            now = world.LATER if number > BATCHES - COMPARED_EVERY else NOW
            # Views contain "now".
            build(*(ONLY_TABLES if now == built_at else ONLY_DATA), now=now)
            built_at = now
            if compared:
                assert difference(warehouse_url, local_servers, scratch, now) == {}, number


def difference(url: str, servers: object, scratch: object, now: str) -> dict[str, set[str]]:
    """Returns rows that differ by table: the incrementally built database and a full refresh of the same raw rows."""
    grown = tables(url)
    with copy_of(servers, conninfo_to_dict(url)["dbname"], "refreshed") as refreshed:
        dbt(refreshed, scratch / "refreshed", *ONLY_DATA, "--full-refresh", now=now)
        rebuilt = tables(refreshed)
    assert {name for name in rebuilt if not rebuilt[name]} == world.EMPTY
    both = {name: set(grown.get(name, ())) ^ set(rebuilt.get(name, ())) for name in rebuilt.keys() | grown.keys()}
    return {name: rows for name, rows in both.items() if rows}


def grow(db: psycopg.Connection, chance: random.Random, number: int) -> None:
    """Writes one batch: everything at first, then two to four kinds of change."""
    load = Load(db, world.FIRST_LOAD + timedelta(hours=7 * number))
    first = (new_days, new_orders, late_clicks, new_names)
    kinds = (*first, withdrawals, turned_setting)
    for change in first if number == 1 else chance.sample(kinds, chance.randrange(2, 5)):
        change(load, chance)
    if number in ONCE:
        ONCE[number](db)


def new_days(load: Load, chance: random.Random) -> None:
    for _ in range(40):
        world.add_metrics(load, chance)


def new_orders(load: Load, chance: random.Random) -> None:
    """Orders out of 180, so that most of them change again."""
    for _ in range(30):
        world.add_order(load, chance)


def late_clicks(load: Load, chance: random.Random) -> None:
    """Clicks of all days, so that most arrive after their orders."""
    for index in range(20):
        world.add_click(load, chance, f"{load.at}-{index}")


def withdrawals(load: Load, chance: random.Random) -> None:
    world.withdraw_some(load, chance)


def new_names(load: Load, chance: random.Random) -> None:
    for campaign in chance.sample(world.CAMPAIGNS, 3):
        load.campaign(*campaign, chance.choice(world.NAMES))
    for ad in chance.sample(world.ADS, 3):
        load.ad(*ad)


def turned_setting(load: Load, chance: random.Random) -> None:
    actions = ("purchase", "omni_purchase")
    turns = {
        WINDOWS: (chance.choice((3, 7, 28)),),
        ACTIONS: (chance.choice(actions), world.ACCOUNTS[0].native_id),
        ZONES: (chance.choice(("Asia/Dubai", "America/New_York")),),
    }
    query = chance.choice(list(turns))
    load.db.execute(query, turns[query])
