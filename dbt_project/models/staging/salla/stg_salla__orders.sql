-- Times are local, with their time zone in another field. Salla reports no amount of a return: it is the whole order.

with

source as (

    select
        orders.account_id,
        orders.record_key,
        orders.payload,
        orders.loaded_at,
        coalesce({{ as_label(json_text('orders.payload', ['status', 'slug']), 100) }}, '') as slug,
        coalesce(orders.payload ->> 'payment_method' = 'cod', false) as is_cod,
        fields.*
    from {{ source('salla', 'orders') }} as orders
    cross join {{ fields_of('orders.payload', {
        'ordered_at': ['local_instant', 'date.date', 'date.timezone'],
        'gross': ['amount', 'amounts.total.amount'],
    }, required=['ordered_at', 'gross']) }} as fields

),

with_payment_status as (

    select
        *,
        case
            when not is_cod and (slug = 'payment_pending' or payload ->> 'is_pending_payment' = 'true') then 'pending'
            when slug in ('restored', 'restoring') then 'refunded'
            -- Cash on delivery is paid once the order is delivered.
            when is_cod and slug not in ('completed', 'delivered') then 'pending'
            else 'paid'
        end as payment_status,
        case when slug in ('restored', 'restoring') then gross else {{ money('0') }} end as refunded
    from source

),

renamed as (

    select
        account_id,
        record_key as order_id,
        {{ as_label("payload ->> 'reference_id'", 100) }} as number,
        ordered_at,
        case
            when {{ is_deleted('payload') }} then 'deleted'
            when slug = 'canceled' then 'cancelled'
            when slug in ('completed', 'delivered', 'restored') then 'closed'
            else 'open'
        end as status,
        payment_status,
        nullif(slug, '') as native_status,
        -- Cash on delivery is never pending at Salla.
        case
            when is_cod then null
            when payment_status = 'pending' then 'is_pending_payment'
            else 'not is_pending_payment'
        end as native_payment,
        cast(null as text) as native_fulfilment,
        is_cod,
        coalesce(payload ->> 'draft' = 'true', false) as is_test,
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
