"""Fills the marts of one workspace by SQL, for the benchmarks of the Ads page.

Rows go straight into the built marts, because only the pages that read them are measured. Nothing is random: every
number follows from the numbers of orders and campaigns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import psycopg
from psycopg.sql import SQL, Literal

WORKSPACE, STORE, ACCOUNT = "big", "big.myshopify.com", "901"

WORKSPACES = """
insert into adsync.workspaces (workspace_id, name, currency, timezone)
values ({workspace}, 'Big', 'SAR', 'Asia/Riyadh')
union all
select 'w' || lpad(w::text, 4, '0'), 'Workspace ' || w, 'SAR', 'Asia/Riyadh' from generate_series(2, {workspaces}) w;
insert into adsync.accounts (workspace_id, platform, native_id, kind, conn_id, currency, timezone)
values
    ({workspace}, 'shopify', {store}, 'store', 'bench', 'SAR', 'Asia/Riyadh'),
    ({workspace}, 'meta', {account}, 'ad_account', 'bench', 'SAR', 'Asia/Riyadh')
"""
CAMPAIGNS = """
insert into marts.campaigns (workspace_id, platform, account_id, campaign_id, name, status, currency, timezone)
select {workspace}, 'meta', {account}, '120' || c, 'Campaign ' || c || ' – Sale', 'active', 'SAR', 'Asia/Riyadh'
from generate_series(0, {campaigns} - 1) c
"""
CAMPAIGN_METRICS = """
insert into marts.campaign_metrics (
    workspace_id, platform, account_id, campaign_id, date, impressions, clicks, spend, conversions, revenue, currency,
    reporting_currency, fx_rate, spend_reporting, revenue_reporting, is_final, updated_at
)
select {workspace}, 'meta', {account}, '120' || c, {today}::date - back, clicks * 20, clicks, clicks * 0.35, c % 9,
    c % 9 * 40, 'SAR', 'SAR', 1, clicks * 0.35, c % 9 * 40, false, {today}::date
from generate_series(0, {campaigns} - 1) c
cross join generate_series(0, 89) back
cross join lateral (select 50 + (c * 31 + back * 17) % 400 as clicks) as days
"""
# The newest order has the largest number; a year has them all.
ORDERS = """
create temporary table placed as
select n, 'gid://shopify/Order/' || n as order_id, '120' || n % {campaigns} as campaign_id, at,
    date(at at time zone 'Asia/Riyadh') as local_date
from generate_series(1, {orders}) n
cross join lateral (
    select {today}::timestamptz - ({orders} - n) * interval '1 second' * (365 * 86400.0 / {orders}) as at
) as times;
insert into marts.orders (
    workspace_id, platform, store_id, order_id, number, native_status, stage, order_date, local_date, currency, gross,
    refunded, net, collected, reporting_currency, fx_rate, gross_reporting, refunded_reporting, net_reporting,
    collected_reporting, is_revenue, is_cod, is_test, is_cancelled, customer_hash, tells_origin, updated_at
)
select {workspace}, 'shopify', {store}, order_id, '#' || n, 'PAID', 'paid', at, local_date, 'SAR', 100,
    0, 100, 100, 'SAR', 1, 100, 0, 100, 100, true, false, false, false, md5((n / 2)::text), true, at
from placed;
insert into marts.attribution_decisions (
    workspace_id, store_platform, store_id, order_id, order_date, local_date, outcome, attribution_type, record_key,
    touch_id, platform, account_id, campaign_id, match_rule, rejected, rejected_more, rule_version, updated_at
)
select {workspace}, 'shopify', {store}, order_id, at, local_date, 'attributed', 'last_click', order_id, 'visit/' || n,
    'meta', {account}, campaign_id, 'utm_id', jsonb_build_array(
        jsonb_build_object('touch', 'early/' || n, 'at', at - interval '3 days', 'platform', 'meta', 'account_id',
            {account}, 'campaign_id', campaign_id, 'rule', 'utm_id', 'why', 'earlier_touch'),
        jsonb_build_object('touch', 'direct/' || n, 'at', at - interval '1 hour', 'why', 'direct')), 0, 2, at
from placed;
insert into intermediate.int_orders__touch_paths (
    workspace_id, store_platform, store_id, order_id, record_key, touch_id, kind, event_time, age_seconds, platform,
    account_id, campaign_id, match_rule, position, path_length, local_date, updated_at
)
select {workspace}, 'shopify', {store}, order_id, order_id, touch || n, 'visit', at - age, extract(epoch from age),
    'meta', {account}, campaign_id, 'utm_id', position, 2, local_date, at
from placed
cross join (values (1, 'visit/', interval '1 day'), (2, 'early/', interval '3 days')) as visits (position, touch, age);
insert into marts.attribution_events (
    workspace_id, store_platform, store_id, order_id, event_type, platform, account_id, campaign_id, conversion_value,
    collected_value, currency, event_time, campaign_date, workspace_date, attributed_click_id, clicked_at,
    attribution_type, match_rule, updated_at
)
select {workspace}, 'shopify', {store}, order_id, 'conversion', 'meta', {account}, campaign_id, 100,
    100, 'SAR', at, local_date, local_date, 'visit/' || n, at - interval '1 day', 'last_click', 'utm_id', at
from placed
"""


@dataclass(frozen=True)
class PageMarts:
    """A size: `workspaces`, of which one has all `orders` and `campaigns`."""

    orders: int
    campaigns: int
    workspaces: int
    today: date

    def start(self, db: psycopg.Connection) -> None:
        """Inserts workspaces and accounts, before dbt builds the marts."""
        self._run(db, WORKSPACES)

    def fill(self, db: psycopg.Connection) -> None:
        """Inserts the rows of the built marts."""
        for text in (CAMPAIGNS, CAMPAIGN_METRICS, ORDERS):
            self._run(db, text)
        db.execute("analyze")

    def _run(self, db: psycopg.Connection, text: str) -> None:
        sizes = {"orders": self.orders, "campaigns": self.campaigns, "workspaces": self.workspaces}
        names = {"workspace": WORKSPACE, "store": STORE, "account": ACCOUNT, "today": self.today}
        db.execute(SQL(text).format(**{key: Literal(value) for key, value in {**sizes, **names}.items()}))
