-- The payment status is derived from the payment date. Statuses of plugins count by their payment.

with

source as (

    select
        orders.account_id,
        orders.record_key,
        orders.payload,
        orders.loaded_at,
        {{ as_label("orders.payload ->> 'status'", 100) }} as own_status,
        coalesce(orders.payload ->> 'payment_method' = 'cod', false) as is_cod,
        fields.ordered_at,
        fields.gross,
        -- Negative amounts; the total does not include them.
        cast(-{{ json_sum("orders.payload -> 'refunds'", 'total') }} as numeric(18, 4)) as refunded,
        case
            when {{ has_unreadable_amount("orders.payload -> 'refunds'", 'total') }}
                then coalesce(fields.unreadable, '{}')
                || jsonb_build_object('refunds', left(orders.payload ->> 'refunds', 100))
            else fields.unreadable
        end as unreadable
    from {{ source('woocommerce', 'orders') }} as orders
    cross join {{ fields_of('orders.payload', {
        'ordered_at': ['utc_instant', 'date_created_gmt'],
        'gross': ['amount', 'total'],
    }, required=['ordered_at', 'gross']) }} as fields

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
        {{ as_label("payload ->> 'number'", 100) }} as number,
        ordered_at,
        case
            when {{ is_deleted('payload') }} then 'deleted'
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
        {{ as_label("payload ->> 'currency'", 20) }} as currency,
        gross,
        refunded,
        {{ money('null') }} as received,
        {{ as_label("payload ->> 'customer_hash'", 100) }} as customer_hash,
        cast(null as boolean) as is_new_customer,
        true as tells_origin,
        unreadable,
        loaded_at
    from with_payment_status

)

select * from renamed
