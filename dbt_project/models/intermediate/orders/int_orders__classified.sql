-- The stage of each order, mapped from native statuses by the seed, and whether the order counts as revenue.

with

-- A status that is not in the seed is unknown; a field that the store does not have is null.
with_mapped_stages as (

    select
        orders.*,
        coalesce(by_status.stage, 'unknown') as status_stage,
        case when orders.native_payment is not null then coalesce(by_payment.stage, 'unknown') end as payment_stage,
        case when orders.native_fulfilment is not null then coalesce(by_fulfilment.stage, 'unknown') end
            as fulfilment_stage
    from {{ ref('int_orders') }} as orders
    left join {{ ref('store_statuses') }} as by_status
        on
            orders.store_platform = by_status.platform
            and by_status.field = 'status'
            and orders.native_status = by_status.native_status
    left join {{ ref('store_statuses') }} as by_payment
        on
            orders.store_platform = by_payment.platform
            and by_payment.field = 'payment'
            and orders.native_payment = by_payment.native_status
    left join {{ ref('store_statuses') }} as by_fulfilment
        on
            orders.store_platform = by_fulfilment.platform
            and by_fulfilment.field = 'fulfilment'
            and orders.native_fulfilment = by_fulfilment.native_status

),

stages as (

    select
        *,
        array_remove(array[status_stage, payment_stage, fulfilment_stage], null) as stages
    from with_mapped_stages

),

with_stage as (

    select
        *,
        case
            when status = 'deleted' or 'cancelled' = any(stages) then 'cancelled'
            when 'unknown' = any(stages) then 'unknown'
            when 'refused' = any(stages) then 'refused'
            -- Cash on delivery that was returned before payment was refused.
            when 'returned' = any(stages) and is_cod and payment_stage = 'placed' then 'refused'
            when 'returned' = any(stages) then 'returned'
            when 'paid' = any(stages) and (is_cod or 'delivered' = any(stages)) then 'collected'
            when 'paid' = any(stages) then 'paid'
            -- Without a payment status for such orders, delivery counts as payment.
            when 'delivered' = any(stages) and is_cod and payment_stage is null then 'collected'
            when 'delivered' = any(stages) then 'delivered'
            when is_cod then 'cod_pending'
            else 'placed'
        end as stage
    from stages

),

with_revenue as (

    select
        *,
        coalesce(
            coalesce(is_readable, true)
            and not is_test
            and not is_cancelled
            and stage <> 'refused'
            and (
                payment_status in ('paid', 'partially_paid', 'partially_refunded', 'refunded')
                or (payment_status = 'pending' and is_cod)
            ),
            false
        ) as is_revenue,
        -- The stage of an order with an unmapped status is unknown, but an online payment is known.
        stage in ('paid', 'collected', 'returned')
        or (stage = 'unknown' and payment_stage = 'paid' and not is_cod) as is_in_hand
    from with_stage

),

classified as (

    select
        store_platform,
        store_id,
        order_id,
        number,
        ordered_at,
        status,
        payment_status,
        concat_ws(' / ', coalesce(native_status, 'none'), native_payment, native_fulfilment) as native_status,
        stage,
        is_cod,
        is_test,
        is_cancelled,
        is_revenue,
        currency,
        gross,
        refunded,
        case when is_revenue then gross - refunded else 0 end as net,
        case
            when not is_revenue then 0
            -- An edit after payment leaves a refund to come.
            when received is not null then least(received, gross - refunded)
            when is_in_hand then gross - refunded
            else 0
        end as collected,
        customer_hash,
        is_new_customer,
        tells_origin,
        updated_at
    from with_revenue

)

select * from classified
