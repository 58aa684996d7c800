"""What completes the days of a daily stream, stored by a sync: GMV Max, and spend beyond an account's campaigns."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import psycopg
import pytest

import sandbox_fixtures
from adsync.extract.context import SyncEnvironment
from adsync.extract.runner import SyncRequest, sync_accounts
from adsync.ranges import DateRange
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.platforms.tiktok.gmv_max import CAMPAIGN
from adsync_sandbox.server.behavior import Behavior
from sandbox_fixtures import NOW, TIKTOK, served

WEEK = DateRange(NOW.date() - timedelta(days=6), NOW.date() + timedelta(days=1))
SELLER = Behavior(tiktok_gmv_max=5000)


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    sandbox_fixtures.link(warehouse_url, TIKTOK)
    return warehouse_url


def sync(url, base, days=WEEK, now=NOW):
    environment = SyncEnvironment(url, lambda conn_id: sandbox_fixtures.credentials(conn_id, base), lambda: now)
    request = SyncRequest("tiktok", (TIKTOK,), "run", days=days, respect_backoff=False)
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
