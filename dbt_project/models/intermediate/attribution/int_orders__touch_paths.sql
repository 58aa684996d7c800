-- The matched touches in each order's lookback, latest first: the input of all attribution models and windows.

with

settings as (

    select * from {{ ref('int_settings__attribution') }}

),

changed_orders as (

    {{ orders_to_attribute() }}

),

orders as (

    select
        changed_orders.store_platform,
        changed_orders.store_id,
        changed_orders.order_id,
        orders.workspace_id,
        orders.customer_hash,
        orders.order_date,
        orders.order_date - {{ lookback_interval('settings.window_days') }} as earliest,
        orders.order_date - make_interval(hours => 24 * settings.window_days) as window_start,
        orders.local_date,
        orders.updated_at
    from changed_orders
    left join {{ ref('orders') }} as orders
        on
            changed_orders.store_platform = orders.platform
            and changed_orders.store_id = orders.store_id
            and changed_orders.order_id = orders.order_id
            and orders.is_revenue
    left join settings
        on changed_orders.store_platform = settings.platform and changed_orders.store_id = settings.account_id

),

paths as (

    select
        orders.workspace_id,
        orders.store_platform,
        orders.store_id,
        orders.order_id,
        touches.record_key,
        touches.touch_id,
        touches.kind,
        touches.event_time,
        case
            when touches.kind = 'order_utm' then 0
            else cast(extract(epoch from orders.order_date - touches.event_time) as double precision)
        end as age_seconds,
        touches.platform,
        touches.account_id,
        touches.campaign_id,
        touches.match_rule,
        touches.position,
        touches.path_length,
        orders.local_date,
        case when touches.touch_id is not null then greatest(orders.updated_at, newest.updated_at) end as updated_at
    from orders
    -- Lateral, here and below: the macros refer to the order's row.
    left join lateral (  -- noqa: ST05
        select
            path.*,
            row_number() over (order by {{ order_by_latest('path') }}) as position,
            count(*) over () as path_length
        from (
            select
                latest.*,
                max(latest.event_time) filter (where latest.kind <> 'order_utm') over () as timed_at
            from (
                {{ touches_for_order('orders', [true], var('adsync_path_limit')) }}
            ) as latest
            where latest.event_time between orders.earliest and orders.order_date
            order by {{ order_by_latest('latest') }}
            limit {{ var('adsync_path_limit') }}
        ) as path
        -- The order's own UTM has no time: it counts only if no touch with a known time is within the window.
        where path.kind <> 'order_utm' or coalesce(path.timed_at < orders.window_start, true)
    ) as touches on true
    left join lateral (  -- noqa: ST05
        select max(latest.updated_at) as updated_at
        from (
            {{ touches_for_order('orders', [true, false], var('adsync_touch_limit')) }}
        ) as latest
    ) as newest on touches.touch_id is not null

),

final as (

    select * from paths
    where {{ keep_emptied_units() }}

)

select * from final
