-- What each workspace spent and earned, day by day: by platform, and in total ('all').

with


metrics as (

    select * from {{ ref('campaign_metrics') }}

),

events as (

    select
        events.*,
        coalesce(orders.is_new_customer, false) as is_new_customer
    from {{ ref('attribution_events') }} as events
    left join {{ ref('orders') }} as orders
        on
            events.store_platform = orders.platform
            and events.store_id = orders.store_id
            and events.order_id = orders.order_id

),

orders as (

    select * from {{ ref('orders') }}

),

-- Each part brings its own measures and zeros for the rest: a day with spend and no orders is kept, and the reverse.
parts as (

    select
        metrics.workspace_id,
        metrics.date,
        scopes.platform,
        metrics.spend_reporting as spend,
        metrics.revenue_reporting as claimed_revenue,
        metrics.conversions as claimed_conversions,
        0 as attributed_revenue,
        0 as attributed_orders,
        0 as collected_revenue,
        0 as store_revenue,
        0 as new_customer_orders,
        0 as new_customer_revenue
    from metrics
    cross join lateral (values (metrics.platform), ('all')) as scopes (platform)
    union all
    select
        events.workspace_id,
        scopes.date,
        scopes.platform,
        0 as spend,
        0 as claimed_revenue,
        0 as claimed_conversions,
        events.conversion_value as attributed_revenue,
        1 as attributed_orders,
        events.collected_value as collected_revenue,
        0 as store_revenue,
        cast(events.is_new_customer as integer) as new_customer_orders,
        case when events.is_new_customer then events.conversion_value else 0 end as new_customer_revenue
    from events
    cross join
        lateral (values (events.campaign_date, events.platform), (events.workspace_date, 'all'))
            as scopes (date, platform)
    union all
    select
        workspace_id,
        local_date as date,
        'all' as platform,
        0 as spend,
        0 as claimed_revenue,
        0 as claimed_conversions,
        0 as attributed_revenue,
        0 as attributed_orders,
        0 as collected_revenue,
        net_reporting as store_revenue,
        0 as new_customer_orders,
        0 as new_customer_revenue
    from orders
    where is_revenue

),

summed as (

    select
        workspace_id,
        date,
        platform,
        {{ sum_known('spend') }} as spend,
        {{ sum_known('attributed_revenue') }} as attributed_revenue,
        sum(attributed_orders) as attributed_orders,
        {{ sum_known('claimed_revenue') }} as claimed_revenue,
        sum(claimed_conversions) as claimed_conversions,
        case when platform = 'all' then {{ sum_known('store_revenue') }} end as store_revenue,
        {{ sum_known('collected_revenue') }} as collected_revenue,
        sum(new_customer_orders) as new_customer_orders,
        {{ sum_known('new_customer_revenue') }} as new_customer_revenue
    from parts
    group by workspace_id, date, platform

),

workspace_days as (

    select
        workspace_id,
        date,
        platform,
        {{ money('spend') }} as spend,
        {{ money('attributed_revenue') }} as attributed_revenue,
        attributed_orders,
        {{ money('claimed_revenue') }} as claimed_revenue,
        {{ money('claimed_conversions') }} as claimed_conversions,
        {{ ratio('attributed_revenue', 'spend') }} as attributed_roas,
        {{ ratio('claimed_revenue', 'spend') }} as claimed_roas,
        {{ money('store_revenue') }} as store_revenue,
        {{ ratio('store_revenue', 'spend') }} as blended_roas,
        {{ money('collected_revenue') }} as collected_revenue,
        {{ ratio('collected_revenue', 'spend') }} as collected_roas,
        new_customer_orders,
        {{ money('new_customer_revenue') }} as new_customer_revenue
    from summed

)

select * from workspace_days
