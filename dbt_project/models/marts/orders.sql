-- Every order, and how much of its money is really there.

with

accounts as (

    select * from {{ ref('int_accounts') }}

),

changed_orders as (

    {{ changed_orders(ref('int_accounts'), 'platform') }}

),

settled as (

    select
        orders.*,
        accounts.workspace_id,
        {{ local_date('orders.ordered_at', 'accounts.workspace_timezone') }} as local_date,
        accounts.reporting_currency,
        case when orders.is_revenue then orders.gross - orders.refunded else 0 end as net,
        case when orders.is_revenue then orders.received else 0 end as collected,
        accounts.settings_key
    from changed_orders
    inner join {{ ref('int_orders') }} as orders
        on
            changed_orders.store_platform = orders.store_platform
            and changed_orders.store_id = orders.store_id
            and changed_orders.order_id = orders.order_id
    left join accounts on orders.store_platform = accounts.platform and orders.store_id = accounts.account_id

),

rated as (

    select
        settled.*,
        {{ joined_rate('settled') }} as fx_rate
    from settled
    {{ join_rates('settled', 'local_date') }}

),

orders as (

    select
        workspace_id,
        store_platform as platform,
        store_id,
        order_id,
        number,
        status,
        payment_status,
        ordered_at as order_date,
        local_date,
        currency,
        {{ money('gross') }} as gross,
        {{ money('refunded') }} as refunded,
        {{ money('net') }} as net,
        {{ money('collected') }} as collected,
        reporting_currency,
        cast(fx_rate as numeric(20, 10)) as fx_rate,
        {{ money('round(gross * fx_rate, 4)') }} as gross_reporting,
        {{ money('round(refunded * fx_rate, 4)') }} as refunded_reporting,
        {{ money('round(net * fx_rate, 4)') }} as net_reporting,
        {{ money('round(collected * fx_rate, 4)') }} as collected_reporting,
        is_revenue,
        is_cod,
        is_test,
        is_cancelled,
        is_new_customer,
        customer_hash,
        tells_origin,
        case when workspace_id is not null then updated_at end as updated_at,
        settings_key
    from rated

),

kept as (

    select * from orders
    where {{ kept_here() }}

)

select * from kept
