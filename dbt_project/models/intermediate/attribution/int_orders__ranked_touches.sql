-- The touch that won each order, and the nearest of the others with the reasons why they did not.

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
        settings.window_days,
        orders.is_revenue,
        orders.updated_at
    from changed_orders
    inner join {{ ref('orders') }} as orders
        on
            changed_orders.store_platform = orders.platform
            and changed_orders.store_id = orders.store_id
            and changed_orders.order_id = orders.order_id
    inner join settings
        on changed_orders.store_platform = settings.platform and changed_orders.store_id = settings.account_id

),

-- The latest touch of the path, if it is within the window. Days are 24 hours, to the second.
with_winner as (

    select
        orders.*,
        orders.order_date - make_interval(hours => 24 * orders.window_days) as window_start,
        winner.record_key,
        winner.touch_id,
        winner.kind,
        winner.platform,
        winner.account_id,
        winner.campaign_id,
        winner.match_rule
    from orders
    left join {{ ref('int_orders__touch_paths') }} as winner
        on
            orders.store_platform = winner.store_platform
            and orders.store_id = winner.store_id
            and orders.order_id = winner.order_id
            and winner.position = 1
            and winner.age_seconds <= 86400 * orders.window_days

),

ranked_touches as (

    select
        with_winner.store_platform,
        with_winner.store_id,
        with_winner.order_id,
        touches.*,
        coalesce((touches.record_key, touches.touch_id) = (with_winner.record_key, with_winner.touch_id), false)
            as has_won,
        case
            when touches.campaign_id is null then touches.unmatched_reason
            when touches.event_time > with_winner.order_date then 'touch_after_order'
            when touches.event_time < with_winner.window_start then 'outside_window'
            when not with_winner.is_revenue then 'not_revenue'
            when touches.kind = 'order_utm' then 'no_known_time'
            else 'earlier_touch'
        end as reason,
        row_number() over (
            partition by
                with_winner.store_platform,
                with_winner.store_id,
                with_winner.order_id,
                (touches.record_key, touches.touch_id) = (with_winner.record_key, with_winner.touch_id)
            order by
                greatest(touches.event_time - with_winner.order_date, with_winner.order_date - touches.event_time) asc,
                {{ order_by_latest('touches') }}
        ) as nearness
    from with_winner
    -- Lateral: the macro refers to the order's row.
    cross join lateral (  -- noqa: ST05
        {{ touches_for_order('with_winner', [true, false], var('adsync_touch_limit')) }}
    ) as touches

),

-- The order's reason is the most specific reason of its touches.
rejected_touches as (

    select
        store_platform,
        store_id,
        order_id,
        jsonb_agg(
            jsonb_build_object(
                'touch', touch_id,
                'at', {{ utc_text('event_time') }},
                'platform', platform,
                'account_id', account_id,
                'campaign_id', campaign_id,
                'rule', match_rule,
                'why', reason
            )
            order by event_time desc, length(touch_id) desc, touch_id desc
        ) filter (where not has_won and nearness <= {{ var('adsync_rejected_limit') }}) as touches,
        count(*) filter (where not has_won and nearness > {{ var('adsync_rejected_limit') }}) as more,
        {{ most_specific_reason('reason') }} as reason,
        max(updated_at) as updated_at
    from ranked_touches
    group by store_platform, store_id, order_id

),

ranked as (

    select
        with_winner.store_platform,
        with_winner.store_id,
        with_winner.order_id,
        with_winner.record_key,
        with_winner.touch_id,
        with_winner.kind,
        with_winner.platform,
        with_winner.account_id,
        with_winner.campaign_id,
        with_winner.match_rule,
        coalesce(rejected_touches.touches, '[]') as rejected,
        cast(coalesce(rejected_touches.more, 0) as integer) as rejected_more,
        rejected_touches.reason,
        greatest(with_winner.updated_at, rejected_touches.updated_at) as updated_at
    from with_winner
    left join rejected_touches
        on
            with_winner.store_platform = rejected_touches.store_platform
            and with_winner.store_id = rejected_touches.store_id
            and with_winner.order_id = rejected_touches.order_id

)

select * from ranked
