-- The payment status is derived from the payment date. Statuses of plugins count by their payment.

with

source as (

    select
        *,
        payload ->> 'status' as own_status,
        coalesce(payload ->> 'payment_method' = 'cod', false) as is_cod,
        {{ money("payload ->> 'total'") }} as gross,
        -- Negative amounts; the total does not include them.
        {{ money('-' ~ json_sum("payload -> 'refunds'", 'total')) }} as refunded
    from {{ source('woocommerce', 'orders') }}

),

with_payment_status as (

    select
        *,
        case
            -- Cash on delivery is paid once the order is completed.
            when is_cod and own_status not in ('completed', 'refunded') then 'pending'
            when not is_cod and payload ->> 'date_paid_gmt' is null then 'pending'
            when own_status = 'refunded' then 'refunded'
            when refunded > 0 then 'partially_refunded'
            else 'paid'
        end as payment_status
    from source

),

renamed as (

    select
        account_id,
        record_key as order_id,
        payload ->> 'number' as number,
        {{ utc_instant("payload ->> 'date_created_gmt'") }} as ordered_at,
        case
            when own_status in ('cancelled', 'failed', 'trash') then 'cancelled'
            when own_status in ('completed', 'refunded') then 'closed'
            else 'open'
        end as status,
        payment_status,
        own_status as native_status,
        -- For cash on delivery the payment date is not meaningful: WooCommerce sets it by status.
        case when is_cod then null when payload ->> 'date_paid_gmt' is null then 'no date_paid' else 'date_paid' end
            as native_payment,
        cast(null as text) as native_fulfilment,
        is_cod,
        false as is_test,
        payload ->> 'currency' as currency,
        gross,
        refunded,
        {{ money('null') }} as received,
        payload ->> 'customer_hash' as customer_hash,
        cast(null as boolean) as is_new_customer,
        true as tells_origin,
        loaded_at
    from with_payment_status

)

select * from renamed
