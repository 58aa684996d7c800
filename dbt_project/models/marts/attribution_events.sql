-- Conversions from our own orders: one per attributed order.

with

accounts as (

    select * from {{ ref('int_accounts') }}

),

changed_orders as (

    {{ changed_orders(ref('int_settings__attribution'), orders=ref('attribution_decisions')) }}

),

events as (

    select
        decisions.workspace_id,
        changed_orders.store_platform,
        changed_orders.store_id,
        changed_orders.order_id,
        'conversion' as event_type,
        decisions.platform,
        decisions.account_id,
        decisions.campaign_id,
        touches.utm_source,
        touches.utm_medium,
        touches.utm_campaign,
        touches.utm_content,
        touches.utm_term,
        touches.referrer,
        orders.net_reporting as conversion_value,
        orders.collected_reporting as collected_value,
        orders.reporting_currency as currency,
        orders.order_date as event_time,
        {{ local_date('orders.order_date', 'accounts.timezone') }} as campaign_date,
        orders.local_date as workspace_date,
        decisions.touch_id as attributed_click_id,
        touches.event_time as clicked_at,
        decisions.attribution_type,
        decisions.match_rule,
        decisions.updated_at
    from changed_orders
    inner join {{ ref('attribution_decisions') }} as decisions
        on
            changed_orders.store_platform = decisions.store_platform
            and changed_orders.store_id = decisions.store_id
            and changed_orders.order_id = decisions.order_id
    inner join {{ ref('orders') }} as orders
        on
            decisions.store_platform = orders.platform
            and decisions.store_id = orders.store_id
            and decisions.order_id = orders.order_id
    left join {{ ref('touches') }} as touches
        on decisions.record_key = touches.record_key and decisions.touch_id = touches.touch_id
    left join accounts on decisions.platform = accounts.platform and decisions.account_id = accounts.account_id
    where decisions.outcome = 'attributed'

)

select * from events
