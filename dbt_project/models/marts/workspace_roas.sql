-- Spend and revenue of each workspace by day: by platform, and in total ('all').

with

spend_days as (

    select
        workspace_id,
        date,
        case when grouping(platform) = 1 then 'all' else platform end as platform,
        {{ sum_or_null('spend_reporting') }} as spend,
        {{ sum_or_null('revenue_reporting') }} as claimed_revenue,
        sum(conversions) as claimed_conversions
    from {{ ref('campaign_metrics') }}
    group by grouping sets ((workspace_id, date, platform), (workspace_id, date))

),

-- Orders of a platform are dated in the ad account's time zone, like its spend; orders of the total in the workspace's.
events as (

    select
        workspace_id,
        campaign_date as date,
        platform,
        store_platform,
        store_id,
        order_id,
        conversion_value,
        collected_value
    from {{ ref('attribution_events') }}
    union all
    select
        workspace_id,
        workspace_date as date,
        'all' as platform,
        store_platform,
        store_id,
        order_id,
        conversion_value,
        collected_value
    from {{ ref('attribution_events') }}

),

attributed_days as (

    select
        events.workspace_id,
        events.date,
        events.platform,
        count(*) as attributed_orders,
        {{ sum_or_null('events.conversion_value') }} as attributed_revenue,
        {{ sum_or_null('events.collected_value') }} as collected_revenue,
        count(*) filter (where orders.is_new_customer) as new_customer_orders,
        {{ sum_or_null('case when orders.is_new_customer then events.conversion_value else 0 end') }}
            as new_customer_revenue,
        count(*) filter (where not orders.is_new_customer) as returning_customer_orders,
        {{ sum_or_null('case when not orders.is_new_customer then events.conversion_value else 0 end') }}
            as returning_customer_revenue
    from events
    left join {{ ref('orders') }} as orders
        on
            events.store_platform = orders.platform
            and events.store_id = orders.store_id
            and events.order_id = orders.order_id
    group by events.workspace_id, events.date, events.platform

),

store_days as (

    select
        workspace_id,
        local_date as date,
        'all' as platform,
        {{ sum_or_null('net_reporting') }} as store_revenue
    from {{ ref('orders') }}
    where is_revenue
    group by workspace_id, local_date

),

-- Days with spend and no orders are kept, and the reverse. A day without rows is 0; an unknown amount stays null.
summed as (

    select
        workspace_id,
        date,
        platform,
        case when spend_days.date is null then 0 else spend_days.spend end as spend,
        case when spend_days.date is null then 0 else spend_days.claimed_revenue end as claimed_revenue,
        coalesce(spend_days.claimed_conversions, 0) as claimed_conversions,
        case when attributed_days.date is null then 0 else attributed_days.attributed_revenue end as attributed_revenue,
        case when attributed_days.date is null then 0 else attributed_days.collected_revenue end as collected_revenue,
        coalesce(attributed_days.attributed_orders, 0) as attributed_orders,
        coalesce(attributed_days.new_customer_orders, 0) as new_customer_orders,
        case when attributed_days.date is null then 0 else attributed_days.new_customer_revenue end
            as new_customer_revenue,
        coalesce(attributed_days.returning_customer_orders, 0) as returning_customer_orders,
        case when attributed_days.date is null then 0 else attributed_days.returning_customer_revenue end
            as returning_customer_revenue,
        case
            when store_days.date is not null then store_days.store_revenue
            when platform = 'all' then 0
        end as store_revenue
    from spend_days
    full join attributed_days using (workspace_id, date, platform)
    full join store_days using (workspace_id, date, platform)

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
        {{ money('new_customer_revenue') }} as new_customer_revenue,
        returning_customer_orders,
        {{ money('returning_customer_revenue') }} as returning_customer_revenue
    from summed

)

select * from workspace_days
