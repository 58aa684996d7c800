"""A pytest plugin: a warehouse with data for every view of the Ads page, built by dbt once per run.

It covers 90 days up to noon in Riyadh on 22 November 2026; figures depend only on the weekday. `page_world` is the
warehouse, read only; `page_warehouse` is a copy that a test can change, with its snapshots in Redis.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from dbt_process import NOW, copy_of, dbt
from order_rows import visit
from psycopg.conninfo import conninfo_to_dict
from raw_rows import Account, Load

from adsync.alerts.episodes import update_episodes
from adsync.dashboard.cache import refresh
from adsync.dashboard.snapshot import snapshots

TODAY, DAYS = date(2026, 11, 22), 90
META, TIKTOK = Account("meta", "901234567890"), Account("tiktok", "7000000000000000001")
SNAPCHAT = Account("snapchat", "8adc3db7-8148-4fbf-999c-8d2266369d74")
SHOP, KRONA = Account("shopify", "acme.myshopify.com"), Account("meta", "901234567899")
RIYADH = "120211111111110001"
NAMES = {
    SNAPCHAT: "متجر الواحة – سناب",
    META: "متجر الواحة – ميتا",
    TIKTOK: "Oasis Store TikTok",
    SHOP: "متجر الواحة",
    KRONA: "Krona Nordic",
}
CLOSED = """
insert into adsync.alerts (
    workspace_id, platform, campaign_id, type, severity, status, message, current, baseline, threshold, first_date,
    last_date, opened_at, closed_at, acknowledged_at, acknowledged_by
)
values (
    'acme', 'meta', %s, 'ctr_drop', 'low', 'closed', 'CTR 0.61 %%, usually 1.43 %%', 0.61, 1.43, 0.715, '2026-11-02',
    '2026-11-04', '2026-11-03 04:00Z', '2026-11-05 04:00Z', '2026-11-03 07:10Z', 'noura'
)
"""
# Campaigns of workspace krona with spend today, where it has none: number 1 spends 1, and every tenth is paused.
MANY = 120
MANY_CAMPAIGNS = """
with numbered as (select n, 'n' || n as campaign_id from generate_series(1, %s) as n),
named as (
    insert into marts.campaigns (workspace_id, platform, account_id, campaign_id, name, status)
    select
        'krona', 'meta', '901234567899', campaign_id, 'Kampanj ' || n,
        case n %% 10 when 0 then 'paused' else 'active' end
    from numbered
)
insert into marts.campaign_periods (
    workspace_id, period, platform, account_id, campaign_id, impressions, clicks, spend, claimed_conversions,
    claimed_revenue, attributed_orders, attributed_revenue
)
select 'krona', 'today', 'meta', '901234567899', campaign_id, n * 100, n, n, 1, n * 2, 1, n * 3 from numbered
"""


class Campaign(NamedTuple):
    """A campaign that spends every day, in its account's currency; `share` of a hundred customers come from it."""

    account: Account
    id: str
    name: str
    spend: int
    share: int


CAMPAIGNS = (
    Campaign(META, RIYADH, "حملة الرياض – نوفمبر", 310, 22),
    Campaign(META, "120211111111110002", "Eid + Sale | retargeting", 180, 12),
    Campaign(META, "120211111111110003", "عروض نهاية الأسبوع (عطور)", 95, 6),
    Campaign(TIKTOK, "1790000000000000001", "Oud Perfume – Spark Ads", 260, 10),
    Campaign(TIKTOK, "1790000000000000002", "تجربة المؤثرين", 120, 5),
    Campaign(SNAPCHAT, "92e1c28a-a331-45b4-8c26-fd3e0eea8c39", "KSA | Story ads", 140, 7),
    Campaign(SNAPCHAT, "92e1c28a-a331-45b4-8c26-fd3e0eea8c40", "سناب – زوار المتجر", 60, 3),
)


@pytest.fixture(scope="session")
def page_world(local_servers, tmp_path_factory) -> Iterator[str]:
    with copy_of(local_servers, "adsync", "page_world") as url:
        with psycopg.connect(url) as db:
            load(db)
        dbt(url, tmp_path_factory.mktemp("page"), "build", "--exclude-resource-type", "unit_test", "test")
        with psycopg.connect(url) as db:
            db.execute(CLOSED, (RIYADH,))
        update_episodes(url, datetime.fromisoformat(NOW))
        yield url


@pytest.fixture
def page_warehouse(page_world, local_servers, redis_url) -> Iterator[str]:
    with copy_of(local_servers, conninfo_to_dict(page_world)["dbname"], "page_copy") as url:
        refresh(redis_url, snapshots(url))
        yield url


def load(db: psycopg.Connection) -> None:
    run = Load(db)
    _accounts(run)
    for campaign in CAMPAIGNS:
        run.campaign(campaign.account, campaign.id, campaign.name)
        for back in range(DAYS):
            run.metrics(campaign.account, campaign.id, TODAY - timedelta(days=back), **_day(campaign, back))
    run.campaign(KRONA, "120219999999990001", "Nordic winter")
    for back in range(3, 12):
        run.metrics(KRONA, "120219999999990001", TODAY - timedelta(days=back), spend="45", impressions=900, clicks=12)
    for number in range(DAYS * 8):
        _order(run, number)


def _accounts(run: Load) -> None:
    run.workspace("acme", "SAR", "Asia/Riyadh")
    run.workspace("krona", "USD", "America/New_York")
    covered = (TODAY - timedelta(days=DAYS), TODAY)
    for account, currency in ((META, "USD"), (TIKTOK, "AED"), (SNAPCHAT, "USD"), (SHOP, "SAR")):
        run.account("acme", account, currency, "Asia/Riyadh")
    for account in (META, TIKTOK, SHOP):
        run.synced(account, covered, datetime(2026, 11, 22, 8, 30, tzinfo=UTC))
    late = "snapchat 401 UNAUTHORIZED: the app was removed; connect it again"
    run.synced(SNAPCHAT, (covered[0], TODAY - timedelta(days=1)), datetime(2026, 11, 21, 22, 5, tzinfo=UTC), late)
    run.account("krona", KRONA, "USD", "America/New_York")
    run.synced(KRONA, (covered[0], TODAY), datetime(2026, 11, 22, 8, 20, tzinfo=UTC))
    for account, name in NAMES.items():
        run.db.execute("update adsync.accounts set name = %s where native_id = %s", (name, account.native_id))
    run.db.execute("update adsync.workspaces set name = 'Oasis Trading' where workspace_id = 'acme'")
    run.db.execute("update adsync.sync_state set error_class = 'ReauthRequired' where error_message is not null")


def _day(campaign: Campaign, back: int) -> dict[str, object]:
    """Fridays and Saturdays are strong, today is half over, and the Riyadh campaign had a bad day yesterday."""
    weekday = (TODAY - timedelta(days=back)).weekday()
    swing = (1.25 if weekday in {4, 5} else 0.92) * (0.8 + 0.4 * (DAYS - back) / DAYS) * (0.5 if back == 0 else 1)
    spend, is_bad = campaign.spend * swing, campaign.id == RIYADH and back == 1
    impressions = int(spend * 61)
    count = 1 if is_bad else max(1, int(spend / 28))
    return {
        "impressions": impressions,
        "clicks": impressions // 70,
        "spend": f"{spend * (1.9 if is_bad else 1):.2f}",
        "purchases": {"purchase": (count, f"{count * 84}")} if campaign.account == META else (count, f"{count * 84}"),
        "name": campaign.name,
    }


def _order(run: Load, number: int) -> None:
    """Creates an order; of a hundred orders each campaign receives its share, the others have no campaign."""
    created = datetime(2026, 11, 22, 8, tzinfo=UTC) - timedelta(hours=3 * number)
    visits = [visit(number, created - timedelta(hours=3 + number % 40), **_link(number * 37 % 100))]
    if number % 5 == 0:
        visits.insert(0, visit(number + 10_000, created - timedelta(days=5), utm_source="fb", utm_campaign=RIYADH))
    if number % 7 == 3:
        visits.append(visit(number + 20_000, created - timedelta(minutes=20), source="direct"))
    run.order(SHOP, 5000 - number, created, total=f"{640 + number * 53 % 1400}.00", visits=visits, **_kind(number))


def _link(place: int) -> dict[str, str]:
    for campaign in CAMPAIGNS:
        place -= campaign.share
        if place < 0:
            return {"utm_source": campaign.account.platform, "utm_campaign": campaign.id}
    if place < 12:
        return {"source": "google"}
    return {"utm_source": "facebook", "utm_campaign": "Autumn_old"} if place < 20 else {"source": "direct"}


def _kind(number: int) -> dict[str, object]:
    unpaid = {"received": "0.0", "status": "PENDING"}
    kinds = {
        4: {"cancelled": "2026-11-22T08:30:00Z"},
        9: {"refunded": "60.00", "status": "PARTIALLY_REFUNDED"},
        13: unpaid,
        17: unpaid | {"gateway": "Cash on Delivery (COD)"},
        19: {"test": True},
    }
    return kinds.get(number % 20, {})


def folder() -> Path:
    """Returns the folder for screenshots."""
    place = Path(__file__).resolve().parents[1] / "build" / "screenshots"
    place.mkdir(parents=True, exist_ok=True)
    return place
