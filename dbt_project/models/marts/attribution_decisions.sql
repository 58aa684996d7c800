-- Where each order went, and why: the last touch before it that a known campaign brought.

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
        orders.local_date,
        orders.order_date - {{ lookback_interval('settings.window_days') }} as earliest,
        settings.window_days,
        orders.is_revenue,
        orders.tells_origin,
        orders.updated_at
    from changed_orders
    left join {{ ref('orders') }} as orders
        on
            changed_orders.store_platform = orders.platform
            and changed_orders.store_id = orders.store_id
            and changed_orders.order_id = orders.order_id
    left join settings
        on changed_orders.store_platform = settings.platform and changed_orders.store_id = settings.account_id

),

-- The latest touch of the path, unless even that is too old. Days are 24 hours, to the second.
chosen as (

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

considered as (

    select
        chosen.store_platform,
        chosen.store_id,
        chosen.order_id,
        touches.*,
        coalesce((touches.record_key, touches.touch_id) = (chosen.record_key, chosen.touch_id), false) as has_won,
        case
            when touches.campaign_id is null then touches.unmatched_reason
            when touches.event_time > chosen.order_date then 'touch_after_order'
            when touches.event_time < chosen.window_start then 'outside_window'
            when not chosen.is_revenue then 'not_revenue'
            when touches.kind = 'order_utm' then 'no_known_time'
            else 'earlier_touch'
        end as reason,
        row_number() over (
            partition by
                chosen.store_platform,
                chosen.store_id,
                chosen.order_id,
                (touches.record_key, touches.touch_id) = (chosen.record_key, chosen.touch_id)
            order by
                greatest(touches.event_time - chosen.order_date, chosen.order_date - touches.event_time) asc,
                {{ order_by_latest('touches') }}
        ) as nearness
    from chosen
    -- It reads the row beside it: no CTE can.
    cross join lateral (  -- noqa: ST05
        {{ touches_for_order('chosen', [true, false], var('adsync_touch_limit')) }}
    ) as touches

),

-- The order's own reason is the one of the touch that came nearest to a campaign.
summed_up as (

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
    from considered
    group by store_platform, store_id, order_id

),

decisions as (

    select
        chosen.workspace_id,
        chosen.store_platform,
        chosen.store_id,
        chosen.order_id,
        chosen.order_date,
        chosen.local_date,
        case when chosen.campaign_id is null then 'unattributed' else 'attributed' end as outcome,
        case
            when chosen.campaign_id is not null then null
            when not chosen.is_revenue then 'not_revenue'
            when summed_up.reason is not null then summed_up.reason
            when not chosen.tells_origin then 'platform_does_not_expose'
            else 'no_touch'
        end as reason,
        case
            when chosen.kind = 'order_utm' then 'utm_only'
            when chosen.kind is not null then 'last_click'
        end as attribution_type,
        chosen.record_key,
        chosen.touch_id,
        chosen.platform,
        chosen.account_id,
        chosen.campaign_id,
        chosen.match_rule,
        coalesce(summed_up.touches, '[]') as rejected,
        cast(coalesce(summed_up.more, 0) as integer) as rejected_more,
        {{ var('adsync_rule_version') }} as rule_version,
        greatest(chosen.updated_at, summed_up.updated_at) as updated_at
    from chosen
    left join summed_up
        on
            chosen.store_platform = summed_up.store_platform
            and chosen.store_id = summed_up.store_id
            and chosen.order_id = summed_up.order_id

),

kept as (

    select * from decisions
    where {{ kept_here() }}

)

select * from kept
