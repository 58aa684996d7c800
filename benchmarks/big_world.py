"""Generates workspaces, campaign days and orders with three visits each in the raw tables, by SQL.

`loaded_at` is an hour after the day or order of a row. Nothing is random: every number follows from the numbers of
campaigns, days and orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import psycopg
from psycopg.sql import SQL, Identifier, Literal

TODAY = date(2026, 11, 22)
CAMPAIGNS_EACH = 20

ENTITIES = """
create schema bench;
insert into adsync.workspaces (workspace_id, name, currency, timezone)
select 'w' || lpad(w::text, 4, '0'), 'Workspace ' || w, 'SAR', 'Asia/Riyadh'
from generate_series(0, {workspaces} - 1) w;
create table bench.campaigns as
select c, 'w' || lpad((c / 20)::text, 4, '0') as workspace_id, platform, slot,
    prefix || lpad((c / 20)::text, 9, '0') as account_id,
    case platform
        when 'meta' then '12021' || lpad(c::text, 13, '0')
        when 'tiktok' then '179' || lpad(c::text, 16, '0')
        else 'c0000000-0000-4000-8000-' || lpad(c::text, 12, '0')
    end as campaign_id,
    'Campaign ' || c || ' – Sale' as name
from generate_series(0, {workspaces} * 20 - 1) c
cross join lateral (select c % 20 as slot) s
inner join (values ('meta', '9', 0, 9), ('tiktok', '7', 10, 15), ('snapchat', 'snap-', 16, 19))
    as kinds (platform, prefix, low, high) on slot between low and high;
insert into adsync.accounts (workspace_id, platform, native_id, kind, conn_id, currency, timezone)
select distinct workspace_id, platform, account_id, 'ad_account', 'bench', 'USD', 'Asia/Riyadh' from bench.campaigns
union all
select workspace_id, 'shopify', workspace_id || '.myshopify.com', 'store', 'bench', 'SAR', 'Asia/Riyadh'
from adsync.workspaces;
insert into adsync.sync_state (platform, account_id, stream, covered_from, covered_through, last_success_at)
select platform, native_id, case kind when 'store' then 'orders' else 'campaign_metrics' end,
    {first}, {today}, now() from adsync.accounts
"""

CAMPAIGN = """
insert into raw.{table} (account_id, record_key, payload, observed_at, loaded_at, run_id)
select account_id, campaign_id, {payload}, {first}, {first}, 'bench' from bench.campaigns where platform = {platform}
"""

DAY = """
insert into raw.{table} (account_id, record_key, metric_date, payload, observed_at, loaded_at, run_id)
select account_id, campaign_id || ':' || day, day, {payload}, loaded_at, loaded_at, 'bench'
from bench.campaigns
cross join lateral (
    select day::date as day, day + interval '1 day 1 hour' as loaded_at,
        50 + (c * 31 + extract(doy from day)::integer * 17) % 400 as clicks,
        (c + extract(doy from day)::integer) % 9 as sold
    from generate_series({since}::date, {until}::date - 1, interval '1 day') day
) as days
where platform = {platform}
"""

CAMPAIGN_PAYLOADS = {
    "meta": """jsonb_build_object('id', campaign_id, 'name', name, 'status', 'ACTIVE', 'effective_status', 'ACTIVE',
        'objective', 'OUTCOME_SALES', 'created_time', '2025-01-05T09:15:00+0300')""",
    "tiktok": """jsonb_build_object('campaign_id', campaign_id, 'campaign_name', name, 'operation_status', 'ENABLE',
        'secondary_status', 'CAMPAIGN_STATUS_ENABLE', 'create_time', '2025-01-05 06:15:00')""",
    "snapchat": """jsonb_build_object('id', campaign_id, 'name', name, 'status', 'ACTIVE',
        'delivery_status', jsonb_build_array('VALID'), 'created_at', '2025-01-05T06:15:00.000Z')""",
}

DAY_PAYLOADS = {
    "meta": """jsonb_build_object('account_id', account_id, 'campaign_id', campaign_id, 'campaign_name', name,
        'account_currency', 'USD', 'date_start', day, 'date_stop', day, 'impressions', (clicks * 20)::text,
        'clicks', clicks::text, 'inline_link_clicks', clicks::text, 'spend', (clicks * 0.35)::text,
        'ctr', '5.0', 'cpc', '0.35',
        'actions', jsonb_build_array(
            jsonb_build_object('action_type', 'link_click', 'value', clicks::text),
            jsonb_build_object('action_type', 'omni_purchase', 'value', sold::text),
            jsonb_build_object('action_type', 'purchase', 'value', sold::text)),
        'action_values', jsonb_build_array(
            jsonb_build_object('action_type', 'omni_purchase', 'value', (sold * 40)::text),
            jsonb_build_object('action_type', 'purchase', 'value', (sold * 40)::text)))""",
    "tiktok": """jsonb_build_object(
        'dimensions', jsonb_build_object('campaign_id', campaign_id, 'stat_time_day', day || ' 00:00:00'),
        'metrics', jsonb_build_object('campaign_name', name, 'impressions', (clicks * 20)::text, 'clicks', clicks::text,
            'spend', (clicks * 0.35)::text, 'ctr', '5.0', 'cpc', '0.35', 'complete_payment', sold::text,
            'total_complete_payment_rate', (sold * 40)::text))""",
    "snapchat": """jsonb_build_object('campaign_id', campaign_id, 'start_time', day || 'T00:00:00.000+03:00',
        'end_time', (day + 1) || 'T00:00:00.000+03:00', 'finalized_data_end_time', (day + 1) || 'T00:00:00.000+03:00',
        'stats', jsonb_build_object('impressions', clicks * 20, 'swipes', clicks, 'spend', clicks * 350000,
            'conversion_purchases', sold, 'conversion_purchases_value', sold * 40000000))""",
}

# One visit in five names no campaign, and one in five has its name instead of its id; one of the three is older than
# the window.
ORDERS = """
insert into raw.shopify_orders (account_id, record_key, payload, observed_at, loaded_at, run_id)
select store, id, jsonb_build_object(
        'id', id, 'name', '#' || n, 'test', false, 'createdAt', created_at, 'updatedAt', created_at,
        'cancelledAt', null, 'closedAt', null,
        'displayFinancialStatus', case when n % 10 = 0 then 'PENDING' else 'PAID' end,
        'paymentGatewayNames', jsonb_build_array('shopify_payments'), 'currencyCode', 'SAR',
        'totalPriceSet', money, 'totalRefundedSet', jsonb_set(money, '{{shopMoney,amount}}', '"0.0"'),
        'netPaymentSet', money, 'customAttributes', '[]'::jsonb,
        'customer', jsonb_build_object('id', md5('customer ' || n / 2)),
        'customerJourneySummary', jsonb_build_object('ready', true, 'customerOrderIndex', n % 2,
            'firstVisit', visits -> 0, 'lastVisit', visits -> -1, 'moments', jsonb_build_object('nodes', visits))),
    created_at + interval '1 hour', created_at + interval '1 hour', 'bench'
from (
    select n, 'gid://shopify/Order/' || n as id, n % {workspaces} as w,
        'w' || lpad((n % {workspaces})::text, 4, '0') || '.myshopify.com' as store,
        {first}::timestamptz + n * interval '1 second' * {seconds} as created_at,
        jsonb_build_object('shopMoney', jsonb_build_object('amount', (20 + n % 500)::text, 'currencyCode', 'SAR'))
            as money
    from generate_series({since}::integer, {until}::integer - 1) n
) as orders
cross join lateral (
    select jsonb_agg(jsonb_build_object(
        'id', 'gid://shopify/CustomerVisit/' || (n::bigint * 3 + k),
        'occurredAt', created_at - k * k * interval '20 hours',
        'landingPage', 'https://shop.example/collections/all?' || case (n + k) % 5
            when 0 then 'ref=newsletter'
            when 1 then 'utm_source=' || platform || '&utm_medium=cpc&utm_campaign=' || replace(name, ' ', '%20')
            else 'utm_source=' || platform || '&utm_medium=cpc&utm_campaign=' || campaign_id || '&utm_content=video%201'
        end,
        'referrerUrl', 'https://www.' || platform || '.example/', 'source', platform, 'utmParameters', null
    ) order by k desc) as visits
    from generate_series(1, 3) k
    inner join bench.campaigns on c = w * 20 + (n * 7 + k * 11) % 20
) as journeys
"""


# Orders of the last two days without visits of their own, and four clicks an order in the week before.
CROWD_ORDERS = """
insert into raw.shopify_orders (account_id, record_key, payload, observed_at, loaded_at, run_id)
select account_id, {crowd} || n, payload || jsonb_build_object(
        'id', {crowd} || n, 'createdAt', {today}::timestamptz - interval '2 days' * n / {orders},
        'customer', jsonb_build_object('id', md5({crowd} || n % {visitors})),
        'customerJourneySummary', jsonb_build_object('ready', true, 'customerOrderIndex', 0)),
    {today}, now(), 'bench'
from generate_series(0, {orders} - 1) n
cross join (
    select * from raw.shopify_orders where account_id = 'w0001.myshopify.com' order by record_key limit 1
) as model
"""
CROWD_CLICKS = """
insert into raw.clicks (workspace_id, click_id, visitor_hash, clicked_at, url, loaded_at)
select 'w0001', {crowd} || n, md5({crowd} || n % {visitors}),
    {today}::timestamptz - interval '2 days' - interval '5 days' * n / {clicks},
    'https://shop.example/?utm_source=' || platform || '&utm_campaign=' || campaign_id, now()
from generate_series(0, {clicks} - 1) n
inner join bench.campaigns on c = 20 + n % 20
"""


@dataclass(frozen=True)
class World:
    """A size: `workspaces` with 20 campaigns each, over `days` days, with `orders` spread evenly over them."""

    workspaces: int
    days: int
    orders: int

    @property
    def first(self) -> date:
        return TODAY - timedelta(days=self.days)

    def start(self, db: psycopg.Connection) -> None:
        """Inserts workspaces, accounts and campaigns."""
        self._run(db, ENTITIES)
        for platform, payload in CAMPAIGN_PAYLOADS.items():
            self._run(db, CAMPAIGN, platform, payload, table=f"{platform}_campaigns")

    def history(self, db: psycopg.Connection, since: float, until: float) -> None:
        """Inserts campaign days and orders between two shares of the history: 0.0 is its start, 1.0 its end."""
        begin, end = (self.first + timedelta(days=round(self.days * share)) for share in (since, until))
        for platform, payload in DAY_PAYLOADS.items():
            table = f"{platform}_campaign_metrics"
            self._run(db, DAY, platform, payload, table=table, since=Literal(begin), until=Literal(end))
        numbers = {"since": Literal(round(self.orders * since)), "until": Literal(round(self.orders * until))}
        self._run(db, ORDERS, **numbers)
        db.execute("analyze")

    def crowd(self, db: psycopg.Connection, name: str, visitors: int, orders: int, clicks: int) -> None:
        """Inserts clicks and orders of so many visitors of one workspace, loaded now."""
        sizes = {"visitors": visitors, "orders": orders, "clicks": clicks}
        parts = {key: Literal(size) for key, size in sizes.items()} | {"crowd": Literal(name)}
        for text in (CROWD_ORDERS, CROWD_CLICKS):
            self._run(db, text, **parts)

    def _run(self, db: psycopg.Connection, text: str, platform: str = "", payload: str = "", **parts: object) -> None:
        names = {key: Identifier(value) if isinstance(value, str) else value for key, value in parts.items()}
        sizes = {"workspaces": Literal(self.workspaces), "seconds": Literal(self.days * 86400 / self.orders)}
        days = {"first": Literal(self.first), "today": Literal(TODAY)}
        row = {"platform": Literal(platform), "payload": SQL(payload)}
        db.execute(SQL(text).format(**{**sizes, **days, **row, **names}))
