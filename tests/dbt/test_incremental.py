"""Incremental equals full refresh, row for row, after random batches of everything that can change."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import psycopg
from tests.dbt import raw_rows as raw
from tests.dbt.runner import dbt, tables

BATCHES = 5
FIRST_LOAD = datetime(2026, 11, 10, 6, 0, tzinfo=UTC)
LATER = "2026-11-27T21:30:00+00:00"
ACCOUNTS = (("meta", "901"), ("meta", "902"), ("tiktok", "701"), ("tiktok", "702"))
CURRENCIES = ("USD", "AED", "XAU")
STORES = ("one.myshopify.com", "two.myshopify.com")
CAMPAIGNS = tuple((*ACCOUNTS[n % 4], f"12021{n:012d}") for n in range(16))
NAMES = ("Sale", "sale!", "Ramadan – Oud", "Eid + Sale", "رمضان", "White Friday", "Twin", "twin")


def test_incremental_equals_full_refresh(warehouse_url, scratch):
    # Repeatable on purpose: no secret is made from it.
    chance = random.Random(20261122)  # noqa: S311
    with psycopg.connect(warehouse_url) as db:
        configure(db)
    for number in range(BATCHES):
        with psycopg.connect(warehouse_url) as db:
            load(db, chance, number)
        last = number == BATCHES - 1
        dbt(warehouse_url, scratch, "run" if number else "build", **({"now": LATER} if last else {}))
    grown = tables(warehouse_url)
    dbt(warehouse_url, scratch, "run", "--full-refresh", now=LATER)
    rebuilt = tables(warehouse_url)
    assert all(grown[name] for name in grown if name != "marts.performance_alerts")
    assert {name for name in rebuilt if rebuilt[name] != grown[name]} == set()


def configure(db: psycopg.Connection) -> None:
    raw.workspace(db, "red", "SAR", "Asia/Riyadh")
    raw.workspace(db, "green", "USD", "America/New_York")
    for number, (platform, native_id) in enumerate(ACCOUNTS[:3]):
        owner, zone = ("green", "Asia/Dubai") if number == 1 else ("red", "America/Los_Angeles")
        raw.account(db, owner, platform, native_id, CURRENCIES[number % 2], zone)
    raw.account(db, "red", "shopify", STORES[0], "SAR", "Asia/Riyadh")
    raw.account(db, "green", "shopify", STORES[1], "EUR", "America/New_York")


def load(db: psycopg.Connection, chance: random.Random, number: int) -> None:
    """One batch, loaded a day after the one before it."""
    at = FIRST_LOAD + timedelta(days=number)
    for campaign in chance.sample(CAMPAIGNS, 5):
        raw.campaign(db, *campaign, chance.choice(NAMES), at=at)
    for _ in range(60):
        a_metric_row(db, chance, at)
    for _ in range(40):
        an_order(db, chance, at)
    if number:
        withdrawals(db, chance, at)
        SETTINGS[number % len(SETTINGS)](db)


def a_metric_row(db: psycopg.Connection, chance: random.Random, at: datetime) -> None:
    platform, account, campaign = chance.choice(CAMPAIGNS)
    day = date(2026, 10, 20) + timedelta(days=chance.randrange(30))
    count = chance.randrange(5)
    kinds = chance.sample(("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase"), chance.randrange(3))
    purchases = dict.fromkeys(kinds, (count, count * 20)) if platform == "meta" else (count, count * 20)
    delivered = {"impressions": chance.randrange(500), "clicks": chance.randrange(50), "spend": chance.randrange(90)}
    named = {"name": chance.choice(NAMES), "currency": CURRENCIES[chance.randrange(3)]}
    raw.metrics(db, platform, account, campaign, day, at=at, purchases=purchases, **delivered, **named)


def an_order(db: psycopg.Connection, chance: random.Random, at: datetime) -> None:
    """New, or an earlier one again: refunded, cancelled, with other visits or none."""
    number = chance.randrange(90)
    created = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=37 * number)
    visits = [a_visit(chance, number * 10 + index, created) for index in range(chance.randrange(4))]
    row = {
        "total": str(10 + number),
        "refunded": chance.choice(("0.0", "0.0", "5.0")),
        "status": chance.choice(("PAID", "PAID", "PENDING", "PARTIALLY_REFUNDED")),
        "cancelled": chance.choice((None, None, None, "2026-11-20T00:00:00Z")),
        "currency": chance.choice(("SAR", "SAR", "XAU")),
        "visits": visits,
        "attributes": chance.choice(({}, {"utm_campaign": chance.choice(NAMES), "utm_source": "ig"})),
    }
    raw.order(db, STORES[number % 2], number, created, at=at, **row)


def a_visit(chance: random.Random, number: int, created: datetime) -> raw.Payload:
    moment = created - timedelta(hours=chance.randrange(-5, 200))
    meant = chance.choice((*NAMES, *(campaign for _, _, campaign in CAMPAIGNS), "{{campaign.id}}"))
    return raw.visit(number, moment, utm_source=chance.choice(("fb", "tiktok", "mail")), utm_campaign=meant)


def withdrawals(db: psycopg.Connection, chance: random.Random, at: datetime) -> None:
    """Single rows, and one whole day of an account."""
    for platform in ("meta", "tiktok"):
        query = f"select account_id, split_part(record_key, ':', 1), metric_date from raw.{platform}_campaign_metrics"
        held = sorted(db.execute(query).fetchall())
        account, _, day = chance.choice(held)
        for row in {*chance.sample(held, 4), *(row for row in held if (row[0], row[2]) == (account, day))}:
            raw.withdraw(db, platform, *row, at=at)


def _link_another_account(db: psycopg.Connection) -> None:
    raw.account(db, "red", *ACCOUNTS[3], "AED", "Asia/Dubai")


def _change_window(db: psycopg.Connection) -> None:
    db.execute("update adsync.workspaces set attribution = '{\"window_days\": 3}' where workspace_id = 'red'")


def _change_currency_and_zone(db: psycopg.Connection) -> None:
    db.execute("update adsync.workspaces set currency = 'AED', timezone = 'Asia/Dubai' where workspace_id = 'green'")


def _unlink_an_account(db: psycopg.Connection) -> None:
    db.execute("delete from adsync.accounts where native_id = %s", (ACCOUNTS[0][1],))


SETTINGS = (_change_window, _link_another_account, _change_currency_and_zone, _unlink_an_account)
