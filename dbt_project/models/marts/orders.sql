-- Orders with gross, net and collected amounts.

with

stores as (

    select * from {{ ref('int_settings__stores') }}

),

orders_to_build as (

    {{ orders_of_changed_customers() }}

),

with_store as (

    select
        orders.*,
        stores.workspace_id,
        {{ local_date('orders.ordered_at', 'stores.workspace_timezone') }} as local_date,
        stores.customers_known_from,
        stores.reporting_currency,
        orders_to_build.is_changed
    from orders_to_build
    inner join {{ ref('int_orders__classified') }} as orders
        on
            orders_to_build.store_platform = orders.store_platform
            and orders_to_build.store_id = orders.store_id
            and orders_to_build.order_id = orders.order_id
    inner join stores on orders.store_platform = stores.platform and orders.store_id = stores.account_id

),

-- All orders of the affected customers are present, so one pass counts the earlier ones.
with_prior_orders as (

    select
        *,
        count(*) filter (where is_revenue) over (
            partition by store_platform, store_id, customer_hash
            order by ordered_at, order_id
            rows between unbounded preceding and 1 preceding
        ) as prior_orders
    from with_store

),

-- Where the store does not report it: a customer with earlier orders is not new, one without is, if enough earlier
-- orders are known. A changed order may therefore change the customer's other orders.
with_first_order as (

    select
        *,
        case
            when is_new_customer is not null then is_new_customer
            when customer_hash is null then null
            when prior_orders > 0 then false
            when local_date >= customers_known_from then true
        end as is_first_order
    from with_prior_orders
    where is_changed or is_new_customer is null

),

converted as (

    select
        with_first_order.*,
        {{ joined_rate('with_first_order') }} as fx_rate
    from with_first_order
    {{ join_rates('with_first_order', 'local_date') }}

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
        native_status,
        stage,
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
        -- Computed as a difference: rounded independently, the three amounts would not add up.
        {{ money('round(gross * fx_rate, 4) - round((gross - refunded) * fx_rate, 4)') }} as refunded_reporting,
        {{ money('round(net * fx_rate, 4)') }} as net_reporting,
        {{ money('round(collected * fx_rate, 4)') }} as collected_reporting,
        is_revenue,
        is_cod,
        is_test,
        is_cancelled,
        is_first_order as is_new_customer,
        customer_hash,
        tells_origin,
        updated_at
    from converted

)

select * from orders
