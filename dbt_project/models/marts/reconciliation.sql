-- The steps from the gross of all orders to attributed revenue, by day. The residual is what no step explains.

with

-- Each order is subtracted in exactly one step: a cancelled test order is a test.
orders as (

    select
        workspace_id,
        local_date as date,
        gross_reporting as gross,
        case when is_test then gross_reporting else 0 end as test,
        case when is_cancelled and not is_test then gross_reporting else 0 end as cancelled,
        case when not (is_revenue or is_cancelled or is_test) then gross_reporting else 0 end as unpaid,
        case when is_revenue then refunded_reporting else 0 end as refunded,
        case when is_revenue then net_reporting else 0 end as store_revenue
    from {{ ref('orders') }}

),

order_days as (

    select
        workspace_id,
        date,
        {{ sum_or_null('gross') }} as gross,
        {{ sum_or_null('test') }} as test,
        {{ sum_or_null('cancelled') }} as cancelled,
        {{ sum_or_null('unpaid') }} as unpaid,
        {{ sum_or_null('refunded') }} as refunded,
        {{ sum_or_null('store_revenue') }} as store_revenue
    from orders
    group by workspace_id, date

),

attributed_days as (

    select
        workspace_id,
        workspace_date as date,
        {{ sum_or_null('conversion_value') }} as attributed
    from {{ ref('attribution_events') }}
    group by workspace_id, workspace_date

),

unattributed_reasons as (

    select
        decisions.workspace_id,
        decisions.local_date as date,
        decisions.reason,
        {{ sum_or_null('orders.net_reporting') }} as amount
    from {{ ref('attribution_decisions') }} as decisions
    inner join {{ ref('orders') }} as orders
        on
            decisions.store_platform = orders.platform
            and decisions.store_id = orders.store_id
            and decisions.order_id = orders.order_id
    where
        decisions.outcome = 'unattributed'
        and decisions.reason <> 'not_revenue'
    group by decisions.workspace_id, decisions.local_date, decisions.reason

),

unattributed_days as (

    select
        workspace_id,
        date,
        {{ sum_or_null('amount') }} as unattributed,
        jsonb_object_agg(reason, amount) as unattributed_by_reason
    from unattributed_reasons
    group by workspace_id, date

),

claimed_days as (

    select
        workspace_id,
        date,
        {{ sum_or_null('revenue_reporting') }} as claimed
    from {{ ref('campaign_metrics') }}
    group by workspace_id, date

),

-- A day without rows is 0; an unknown amount stays null.
days as (

    select
        workspace_id,
        date,
        case when order_days.date is null then 0 else order_days.gross end as gross,
        case when order_days.date is null then 0 else order_days.test end as test,
        case when order_days.date is null then 0 else order_days.cancelled end as cancelled,
        case when order_days.date is null then 0 else order_days.unpaid end as unpaid,
        case when order_days.date is null then 0 else order_days.refunded end as refunded,
        case when order_days.date is null then 0 else order_days.store_revenue end as store_revenue,
        case when attributed_days.date is null then 0 else attributed_days.attributed end as attributed,
        case when unattributed_days.date is null then 0 else unattributed_days.unattributed end as unattributed,
        coalesce(unattributed_days.unattributed_by_reason, '{}') as unattributed_by_reason,
        case when claimed_days.date is null then 0 else claimed_days.claimed end as claimed
    from order_days
    full join attributed_days using (workspace_id, date)
    full join unattributed_days using (workspace_id, date)
    full join claimed_days using (workspace_id, date)

),

reconciliation as (

    select
        workspace_id,
        date,
        {{ money('gross') }} as gross,
        {{ money('test') }} as test,
        {{ money('cancelled') }} as cancelled,
        {{ money('unpaid') }} as unpaid,
        {{ money('refunded') }} as refunded,
        {{ money('store_revenue') }} as store_revenue,
        {{ money('attributed') }} as attributed,
        {{ money('unattributed') }} as unattributed,
        unattributed_by_reason,
        {{ money('claimed') }} as claimed,
        {{ money('gross - test - cancelled - unpaid - refunded - attributed - unattributed') }} as residual
    from days

)

select * from reconciliation
