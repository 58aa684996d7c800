"""Two workspaces whose campaigns, metrics, orders, clicks and settings change at random."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import psycopg
from order_rows import Payload, session, visit
from psycopg.sql import SQL, Identifier
from raw_rows import Account, Load

# Early enough that some days are synced before their end and are final later.
FIRST_LOAD = datetime(2026, 10, 25, 6, 0, tzinfo=UTC)
LATER = "2026-11-27T21:30:00+00:00"
ACCOUNTS = (
    Account("meta", "901"),
    Account("meta", "902"),
    Account("tiktok", "701"),
    Account("tiktok", "702"),
    Account("snapchat", "5a9c-1"),
    Account("snapchat", "5a9c-2"),
)
CURRENCIES = ("USD", "AED", "XAU")
STORES = (
    Account("shopify", "one.myshopify.com"),
    Account("shopify", "two.myshopify.com"),
    Account("woocommerce", "shop.red.example"),
    Account("salla", "1234567"),
    Account("zid", "7654321"),
)
# Snapchat's have letters, here in capitals.
CAMPAIGNS = tuple((ACCOUNTS[n % 6], f"A-{n:08d}" if n % 6 >= 4 else f"12021{n:012d}") for n in range(24))
# Two per campaign; the first letter distinguishes them from campaigns.
ADS = tuple((account, f"{ad}{campaign[1:]}", campaign) for account, campaign in CAMPAIGNS for ad in "78")
# Spend of an account without a campaign.
SPENDERS = (*CAMPAIGNS, (ACCOUNTS[4], f"unlisted-of-{ACCOUNTS[4].native_id}"))
HELD = SQL("select account_id, split_part(record_key, ':', 1), metric_date from raw.{}")
# No day is recent enough for an alert, and the spend of an account always equals that in raw.
EMPTY = {"performance_alerts", "int_accounts__unreconciled"}
NAMES = ("Sale", "sale!", "Ramadan \u2013 Oud", "Eid + Sale", "رمضان", "White Friday", "Twin", "twin")


def configure(db: psycopg.Connection) -> None:
    load = Load(db)
    load.workspace("red", "SAR", "Asia/Riyadh")
    load.workspace("green", "USD", "America/New_York")
    # The days that can be evaluated have few days before them.
    db.execute("update adsync.workspaces set alerts = '{\"min_baseline_days\": 1}'")
    load.account("red", ACCOUNTS[0], "USD", "America/Los_Angeles")
    load.account("green", ACCOUNTS[1], "AED", "Asia/Dubai")
    load.account("red", ACCOUNTS[2], "USD", "America/Los_Angeles")
    load.account("red", STORES[0], "SAR", "Asia/Riyadh")
    load.account("red", ACCOUNTS[4], "USD", "Asia/Riyadh")
    load.account("green", ACCOUNTS[5], "AED", "Asia/Riyadh")
    load.account("green", STORES[1], "EUR", "America/New_York")
    for store in STORES[2:]:
        load.account("red", store, "SAR", "Asia/Riyadh")
    for account in (*ACCOUNTS[:3], *ACCOUNTS[4:]):
        load.synced(account, (date(2026, 8, 1), date(2026, 11, 27)), datetime.fromisoformat(LATER))


def add_metrics(load: Load, chance: random.Random) -> None:
    account, campaign = chance.choice(SPENDERS)
    day = date(2026, 10, 20) + timedelta(days=chance.randrange(30))
    count = chance.randrange(5)
    kinds = chance.sample(("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase"), chance.randrange(3))
    claimed = (count, count * 20)
    row = {
        "impressions": chance.randrange(500),
        "clicks": chance.randrange(50),
        "spend": chance.randrange(90),
        "purchases": dict.fromkeys(kinds, claimed) if account.platform == "meta" else claimed,
        "name": chance.choice(NAMES),
        "currency": chance.choice(CURRENCIES),
        "settled": chance.choice((None, True, True, False)),
    }
    load.metrics(account, campaign, day, **row)


def add_order(load: Load, chance: random.Random) -> None:
    """A new order or an earlier one: refunded, cancelled, with other visits or none."""
    number = chance.randrange(180)
    created = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=37 * number)
    store = STORES[number % len(STORES)]
    load.order(store, number, created, total=f"{10 + number}.00", **ORDERS[store.platform](chance, number, created))


def shopify(chance: random.Random, number: int, created: datetime) -> Payload:
    return {
        "refunded": chance.choice(("0.0", "0.0", "5.0")),
        "status": chance.choice(("PAID", "PAID", "PENDING", "PARTIALLY_REFUNDED")),
        "cancelled": chance.choice((None, None, None, "2026-11-20T00:00:00Z")),
        "currency": chance.choice(("SAR", "SAR", "XAU")),
        "visits": [a_visit(chance, number * 10 + index, created) for index in range(chance.randrange(4))],
        "attributes": chance.choice(({}, {"utm_campaign": chance.choice(NAMES), "utm_source": "ig"})),
    }


def woocommerce(chance: random.Random, _number: int, created: datetime) -> Payload:
    tags = {"utm_source": chance.choice(("snap", "fb", "(direct)")), "utm_campaign": meant(chance)}
    started = session(created - timedelta(hours=chance.randrange(200)), **tags)
    return {
        "status": chance.choice(("processing", "completed", "refunded", "trash", "packed")),
        "refunded": chance.choice((None, None, "5.00")),
        "method": chance.choice(("stripe", "cod")),
        "paid": chance.choice((None, "2026-11-20T00:00:00")),
        "currency": chance.choice(("AED", "XAU")),
        "session": chance.choice(({}, tags, started, started)),
    }


def salla(chance: random.Random, _number: int, _created: datetime) -> Payload:
    return {
        "status": chance.choice(("completed", "shipped", "canceled", "restored")),
        "method": chance.choice(("mada", "cod")),
        "pending": chance.choice((False, False, True)),
        "details": chance.choice(({}, {"utm_source": "snapchat", "utm_campaign": meant(chance)})),
    }


def zid(chance: random.Random, _number: int, _created: datetime) -> Payload:
    return {
        "status": chance.choice(("new", "delivered", "canceled", "reversed")),
        "payment": chance.choice(("paid", "paid", "pending", "refunded")),
        "method": chance.choice(("zid_credit_card", "zid_cod")),
    }


def add_click(load: Load, chance: random.Random, click_id: str) -> None:
    """By an unknown visitor, a customer of one of the stores, or a visitor of an order's own page; often late."""
    moment = datetime(2026, 10, 28, tzinfo=UTC) + timedelta(hours=chance.randrange(500))
    who = {
        "visitor": chance.choice((None, "5f0c", "5f0d", "5f0e", "anna", "ben", "anna")),
        "order": chance.choice((None, None, None, f"{chance.randrange(180)}", f"#{chance.randrange(180)}")),
    }
    tags = {"utm_source": chance.choice(("fb", "tiktok", "snap", "mail")), "utm_campaign": meant(chance)}
    load.click(chance.choice(("red", "green")), click_id, moment, **who, **tags)


def a_visit(chance: random.Random, number: int, created: datetime) -> Payload:
    moment = created - timedelta(hours=chance.randrange(-5, 200))
    return visit(number, moment, utm_source=chance.choice(("fb", "tiktok", "mail")), utm_campaign=meant(chance))


def meant(chance: random.Random) -> str:
    ids = [campaign for _, campaign in CAMPAIGNS] + [ad for _, ad, _ in ADS]
    return chance.choice((*NAMES, *ids, "{{campaign.id}}"))


def withdraw_some(load: Load, chance: random.Random) -> None:
    """Single rows, and one whole day of an account."""
    for platform in ("meta", "tiktok", "snapchat"):
        held = sorted(load.db.execute(HELD.format(Identifier(f"{platform}_campaign_metrics"))).fetchall())
        one = chance.choice(held)
        whole_day = [row for row in held if (row[0], row[2]) == (one[0], one[2])]
        for native_id, campaign, day in {*chance.sample(held, 4), *whole_day}:
            load.withdraw(Account(platform, native_id), campaign, day)


def link_another_account(db: psycopg.Connection) -> None:
    Load(db).account("red", ACCOUNTS[3], "AED", "Asia/Dubai")


def change_currency_and_zone(db: psycopg.Connection) -> None:
    db.execute("update adsync.workspaces set currency = 'AED', timezone = 'Asia/Dubai' where workspace_id = 'green'")


def unlink_an_account(db: psycopg.Connection) -> None:
    for table, column in (("sync_state", "account_id"), ("accounts", "native_id")):
        query = SQL("delete from adsync.{} where {} = %s").format(Identifier(table), Identifier(column))
        db.execute(query, (ACCOUNTS[0].native_id,))


ORDERS = {"shopify": shopify, "woocommerce": woocommerce, "salla": salla, "zid": zid}
