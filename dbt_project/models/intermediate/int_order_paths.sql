-- The touches that may have brought an order, latest first: what every attribution model and window chooses from.

with

settings as (

    select * from {{ ref('int_attribution_settings') }}

),

changed_orders as (

    {{ changed_orders(ref('int_attribution_settings')) }}

),

orders as (

    select
        changed_orders.store_platform,
        changed_orders.store_id,
        changed_orders.order_id,
        orders.workspace_id,
        orders.order_date,
        orders.order_date - {{ path_horizon('settings.window_days') }} as earliest,
        orders.updated_at,
        settings.settings_key
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
        touches.touch_id,
        touches.kind,
        touches.event_time,
        cast(extract(epoch from orders.order_date - touches.event_time) as double precision) as age_seconds,
        touches.platform,
        touches.account_id,
        touches.campaign_id,
        touches.match_rule,
        touches.position,
        touches.path_length,
        case when touches.touch_id is not null then orders.updated_at end as updated_at,
        orders.settings_key
    from orders
    left join lateral (
        select
            latest.*,
            row_number() over (
                order by latest.event_time desc, length(latest.touch_id) desc, latest.touch_id desc
            ) as position,
            count(*) over () as path_length
        from (
            select touches.*
            from {{ ref('touches') }} as touches
            where
                touches.store_platform = orders.store_platform
                and touches.store_id = orders.store_id
                and touches.order_id = orders.order_id
                and touches.campaign_id is not null
                and touches.event_time between orders.earliest and orders.order_date
            order by touches.event_time desc, length(touches.touch_id) desc, touches.touch_id desc
            limit {{ var('adsync_path_limit') }}
        ) as latest
    ) as touches on true

),

kept as (

    select * from paths
    where {{ kept_here() }}

)

select * from kept
