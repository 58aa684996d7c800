"""What completes the days of a daily stream, stored by a sync: GMV Max, and spend beyond an account's campaigns."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import psycopg
import pytest

import sandbox_fixtures
from adsync.extract.context import SyncEnvironment
from adsync.extract.runner import SyncRequest, sync_accounts
from adsync.ranges import DateRange
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.platforms.tiktok.gmv_max import CAMPAIGN
from adsync_sandbox.server.behavior import Behavior
from sandbox_fixtures import META, NOW, TIKTOK, served, world

WEEK = DateRange(NOW.date() - timedelta(days=6), NOW.date() + timedelta(days=1))
ACCOUNTS = {"meta": META, "tiktok": TIKTOK}
SELLER = Behavior(tiktok_gmv_max=5000)


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(warehouse_url, META, TIKTOK)
    return warehouse_url


def sync(url, base, days=WEEK, now=NOW, source="tiktok"):
    environment = SyncEnvironment(url, lambda conn_id: sandbox_fixtures.credentials(conn_id, base), lambda: now)
    request = SyncRequest(source, (ACCOUNTS[source],), "run", days=days, respect_backoff=False)
    [result] = asyncio.run(sync_accounts(request, environment)).accounts
    return result


def rows(url, query, *values):
    with psycopg.connect(url) as connection:
        return connection.execute(query, values).fetchall()


def shop_days(url):
    query = "select count(*) from raw.tiktok_campaign_metrics where record_key like %s"
    return rows(url, query, f"{CAMPAIGN}:%")[0][0]


def test_gmv_max_campaigns_are_stored_with_the_others(url):
    with served(behavior=SELLER) as base:
        result = sync(url, base)
    assert (result.outcome, result.notes) == ("ok", ())
    assert shop_days(url) == 7
    names = rows(url, "select payload ->> 'campaign_name' from raw.tiktok_campaigns where record_key = %s", CAMPAIGN)
    assert names == [("Product GMV Max",)]
    assert rows(url, "select count(*) from raw.tiktok_campaign_metrics where record_key like 'unlisted%%'") == [(0,)]


def test_days_that_are_read_by_a_report_have_them_too(url):
    rows_of_options = 'update adsync.accounts set options = options || \'{"report_mode": "async"}\''
    with psycopg.connect(url) as connection:
        connection.execute(rows_of_options)
    with served(behavior=SELLER) as base:
        results = [sync(url, base, now=NOW + timedelta(minutes=minute)) for minute in range(3)]
    assert [each.outcome for each in results] == ["waiting", "waiting", "ok"]
    assert shop_days(url) == 7


def test_an_account_without_permission_for_gmv_max_is_synced_with_a_note(url):
    with served([Fault("tiktok", "permission_denied", path="gmv_max")], behavior=SELLER) as base:
        result = sync(url, base)
    assert result.outcome == "ok"
    assert any("GMV Max campaigns of TikTok are not readable" in note for note in result.notes)
    assert shop_days(url) == 0
    assert rows(url, "select count(*) from raw.tiktok_campaign_metrics")[0][0] > 0


def spend_by_day(url, source):
    amount = {"meta": "payload ->> 'spend'", "tiktok": "payload #>> '{metrics,spend}'"}[source]
    query = f"select metric_date, sum(({amount})::numeric) from raw.{source}_campaign_metrics group by 1"
    return dict(rows(url, query))


@pytest.mark.parametrize("source", ACCOUNTS)
def test_spend_that_no_campaign_shows_is_stored_until_a_read_finds_its_campaign(url, source):
    known: Counter[date] = Counter()
    for row in world().deliveries(ACCOUNTS[source]):
        if WEEK.since <= row.date < WEEK.until:
            known[row.date] += row.spend
    expected = {on: Decimal(cents) / 100 for on, cents in known.items()}
    unlisted = f"select count(*) from raw.{source}_campaign_metrics where record_key like 'unlisted-of-%%'"
    with served([Fault(source, "hidden_campaigns")]) as base:
        assert sync(url, base, source=source).outcome == "ok"
    assert rows(url, unlisted)[0][0] > 0
    assert spend_by_day(url, source) == expected
    with served() as base:
        assert sync(url, base, source=source, now=NOW + timedelta(hours=1)).outcome == "ok"
    assert rows(url, unlisted) == [(0,)]
    assert spend_by_day(url, source) == expected
