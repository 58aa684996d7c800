-- Where each order went, and why: the last touch before it that a known campaign brought.

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
        orders.order_date - make_interval(hours => 24 * settings.window_days) as window_start,
        orders.is_revenue,
        orders.tells_origin,
        orders.updated_at,
        settings.settings_key
    from changed_orders
    left join {{ ref('orders') }} as orders
        on
            changed_orders.store_platform = orders.platform
            and changed_orders.store_id = orders.store_id
            and changed_orders.order_id = orders.order_id
    left join settings
        on changed_orders.store_platform = settings.platform and changed_orders.store_id = settings.account_id

),

chosen as (

    select
        orders.*,
        winner.touch_id,
        winner.kind,
        winner.platform,
        winner.account_id,
        winner.campaign_id,
        winner.match_rule
    from orders
    left join lateral (
        select
            touches.touch_id,
            touches.kind,
            touches.platform,
            touches.account_id,
            touches.campaign_id,
            touches.match_rule
        from {{ ref('touches') }} as touches
        where
            touches.store_platform = orders.store_platform
            and touches.store_id = orders.store_id
            and touches.order_id = orders.order_id
            and touches.campaign_id is not null
            and touches.event_time between orders.window_start and orders.order_date
        order by touches.event_time desc, length(touches.touch_id) desc, touches.touch_id desc
        limit 1
    ) as winner on orders.is_revenue

),

rejected as (

    select
        chosen.store_platform,
        chosen.store_id,
        chosen.order_id,
        touches.touch_id,
        touches.event_time,
        touches.campaign_id,
        case
            when touches.campaign_id is null then touches.unmatched_reason
            when touches.event_time > chosen.order_date then 'touch_after_order'
            when touches.event_time < chosen.window_start then 'outside_window'
            when not chosen.is_revenue then 'not_revenue'
            else 'earlier_touch'
        end as reason
    from chosen
    inner join {{ ref('touches') }} as touches
        on
            chosen.store_platform = touches.store_platform
            and chosen.store_id = touches.store_id
            and chosen.order_id = touches.order_id
            and touches.touch_id is distinct from chosen.touch_id

),

-- The order's own reason is the one of the touch that came nearest to a campaign.
summed_up as (

    select
        store_platform,
        store_id,
        order_id,
        jsonb_agg(
            jsonb_build_object(
                'touch', touch_id, 'at', {{ utc_text('event_time') }}, 'campaign_id', campaign_id, 'why', reason
            )
            order by event_time desc, length(touch_id) desc, touch_id desc
        ) as touches,
        {{ nearest_reason('reason') }} as reason
    from rejected
    group by store_platform, store_id, order_id

),

decisions as (

    select
        chosen.workspace_id,
        chosen.store_platform,
        chosen.store_id,
        chosen.order_id,
        chosen.order_date,
        case when chosen.campaign_id is null then 'unattributed' else 'attributed' end as outcome,
        case
            when chosen.campaign_id is not null then null
            when not chosen.is_revenue then 'not_revenue'
            when summed_up.reason is not null then summed_up.reason
            when not chosen.tells_origin then 'platform_does_not_expose'
            else 'no_touch'
        end as reason,
        case
            when chosen.kind = 'visit' then 'last_click'
            when chosen.kind = 'order_utm' then 'utm_only'
        end as attribution_type,
        chosen.touch_id,
        chosen.platform,
        chosen.account_id,
        chosen.campaign_id,
        chosen.match_rule,
        coalesce(summed_up.touches, '[]') as rejected,
        {{ var('adsync_rule_version') }} as rule_version,
        chosen.updated_at,
        chosen.settings_key
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
