-- The attribution of each order: the last matched touch before it, or the reason why there is none.

with

changed_orders as (

    {{ changed_orders(ref('int_settings__attribution'), orders=ref('int_orders__ranked_touches')) }}

),

ranked as (

    select
        orders.workspace_id,
        orders.order_date,
        orders.local_date,
        orders.is_revenue,
        orders.tells_origin,
        ranked_touches.*
    from changed_orders
    inner join {{ ref('int_orders__ranked_touches') }} as ranked_touches
        on
            changed_orders.store_platform = ranked_touches.store_platform
            and changed_orders.store_id = ranked_touches.store_id
            and changed_orders.order_id = ranked_touches.order_id
    inner join {{ ref('orders') }} as orders
        on
            changed_orders.store_platform = orders.platform
            and changed_orders.store_id = orders.store_id
            and changed_orders.order_id = orders.order_id

),

decisions as (

    select
        workspace_id,
        store_platform,
        store_id,
        order_id,
        order_date,
        local_date,
        case when campaign_id is null then 'unattributed' else 'attributed' end as outcome,
        case
            when campaign_id is not null then null
            when not is_revenue then 'not_revenue'
            when reason is not null then reason
            when not tells_origin then 'platform_does_not_expose'
            else 'no_touch'
        end as reason,
        case
            when kind = 'order_utm' then 'utm_only'
            when kind is not null then 'last_click'
        end as attribution_type,
        record_key,
        touch_id,
        platform,
        account_id,
        campaign_id,
        match_rule,
        rejected,
        rejected_more,
        {{ var('adsync_rule_version') }} as rule_version,
        updated_at
    from ranked

)

select * from decisions
