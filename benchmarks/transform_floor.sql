-- The smallest plain SQL with the main result of the transform: raw JSON read once into typed tables, UTM decoded, last
-- click within 7 days, sums by campaign and day. No explanations, no credits of other models, no tests, no issues, no
-- incremental state. benchmarks/transform.py divides the time of a full refresh by the time of this file.

create schema floor;

create table floor.campaigns as
select accounts.workspace_id, entities.platform, entities.account_id, entities.campaign_id, lower(entities.name) as name_key
from (
    select 'meta' as platform, account_id, record_key as campaign_id, payload ->> 'name' as name from raw.meta_campaigns
    union all
    select 'tiktok', account_id, record_key, payload ->> 'campaign_name' from raw.tiktok_campaigns
    union all
    select 'snapchat', account_id, record_key, payload ->> 'name' from raw.snapchat_campaigns
) as entities
inner join adsync.accounts on accounts.platform = entities.platform and accounts.native_id = entities.account_id;

create table floor.campaign_days as
select platform, account_id, campaign_id, date, impressions, clicks, spend, purchases, revenue
from (
    select 'meta' as platform, account_id, payload ->> 'campaign_id' as campaign_id, metric_date as date,
        (payload ->> 'impressions')::bigint as impressions, (payload ->> 'inline_link_clicks')::bigint as clicks,
        (payload ->> 'spend')::numeric(18, 4) as spend,
        (
            select (action ->> 'value')::numeric(18, 4) from jsonb_array_elements(payload -> 'actions') as action
            where action ->> 'action_type' = 'omni_purchase'
        ) as purchases,
        (
            select (action ->> 'value')::numeric(18, 4) from jsonb_array_elements(payload -> 'action_values') as action
            where action ->> 'action_type' = 'omni_purchase'
        ) as revenue
    from raw.meta_campaign_metrics
    union all
    select 'tiktok', account_id, payload #>> '{dimensions,campaign_id}', metric_date,
        (metrics ->> 'impressions')::bigint, (metrics ->> 'clicks')::bigint, (metrics ->> 'spend')::numeric(18, 4),
        (metrics ->> 'complete_payment')::numeric(18, 4), (metrics ->> 'total_complete_payment_rate')::numeric(18, 4)
    from raw.tiktok_campaign_metrics
    cross join lateral (select payload -> 'metrics' as metrics) as opened
    union all
    select 'snapchat', account_id, payload ->> 'campaign_id', metric_date,
        (stats ->> 'impressions')::bigint, (stats ->> 'swipes')::bigint, (stats ->> 'spend')::numeric / 1000000,
        (stats ->> 'conversion_purchases')::numeric, (stats ->> 'conversion_purchases_value')::numeric / 1000000
    from raw.snapchat_campaign_metrics
    cross join lateral (select payload -> 'stats' as stats) as opened
) as days;

create table floor.orders as
select accounts.workspace_id, orders.account_id as store_id, orders.record_key as order_id,
    (payload ->> 'createdAt')::timestamptz as ordered_at,
    (payload #>> '{totalPriceSet,shopMoney,amount}')::numeric(18, 4)
        - (payload #>> '{totalRefundedSet,shopMoney,amount}')::numeric(18, 4) as net,
    payload ->> 'displayFinancialStatus' = 'PAID' as is_revenue
from raw.shopify_orders as orders
inner join adsync.accounts on accounts.platform = 'shopify' and accounts.native_id = orders.account_id;

create table floor.touches as
with visits as (
    select account_id as store_id, record_key as order_id, (visit ->> 'occurredAt')::timestamptz as touched_at,
        visit ->> 'landingPage' as url
    from raw.shopify_orders
    cross join lateral jsonb_array_elements(payload #> '{customerJourneySummary,moments,nodes}') as visits (visit)
),
decoded as (
    select store_id, order_id, touched_at,
        nullif(replace(split_part(split_part(url, 'utm_campaign=', 2), '&', 1), '%20', ' '), '') as campaign
    from visits
)
select accounts.workspace_id, decoded.*, coalesce(by_id.platform, by_name.platform) as platform,
    coalesce(by_id.account_id, by_name.account_id) as account_id,
    coalesce(by_id.campaign_id, by_name.campaign_id) as campaign_id
from decoded
inner join adsync.accounts on accounts.platform = 'shopify' and accounts.native_id = decoded.store_id
left join floor.campaigns as by_id
    on accounts.workspace_id = by_id.workspace_id and decoded.campaign = by_id.campaign_id
left join floor.campaigns as by_name
    on accounts.workspace_id = by_name.workspace_id and lower(decoded.campaign) = by_name.name_key;

create index on floor.touches (store_id, order_id, touched_at desc)
include (platform, account_id, campaign_id) where campaign_id is not null;
analyze floor.touches;

create table floor.attributed as
select orders.*, winner.platform, winner.account_id, winner.campaign_id
from floor.orders
left join lateral (
    select touches.platform, touches.account_id, touches.campaign_id
    from floor.touches
    where touches.store_id = orders.store_id and touches.order_id = orders.order_id and touches.campaign_id is not null
        and touches.touched_at between orders.ordered_at - interval '7 days' and orders.ordered_at
    order by touches.touched_at desc
    limit 1
) as winner on orders.is_revenue;

create table floor.day_sums as
select platform, account_id, campaign_id, date, days.spend, days.revenue as claimed, sales.attributed_revenue
from floor.campaign_days as days
full join (
    select platform, account_id, campaign_id, (ordered_at at time zone 'Asia/Riyadh')::date as date,
        sum(net) as attributed_revenue
    from floor.attributed where campaign_id is not null group by 1, 2, 3, 4
) as sales using (platform, account_id, campaign_id, date);
