-- Times are UTC without an offset. Zid reports no amount of a partial return; an empty object arrives as a list.

with

source as (

    select
        orders.account_id,
        orders.record_key,
        orders.payload,
        orders.loaded_at,
        coalesce({{ as_label(json_text('orders.payload', ['order_status', 'code']), 100) }}, '') as code,
        {{ as_label("orders.payload ->> 'payment_status'", 100) }} as own_payment_status,
        coalesce({{ json_text('orders.payload', ['payment', 'method', 'code']) }} = 'zid_cod', false) as is_cod,
        fields.*
    from {{ source('zid', 'orders') }} as orders
    cross join {{ fields_of('orders.payload', {
        'ordered_at': ['utc_instant', 'created_at'],
        'gross': ['amount', 'order_total'],
    }, required=['ordered_at', 'gross']) }} as fields

),

with_payment_status as (

    select
        *,
        case
            when own_payment_status in ('pending', 'voided') then own_payment_status
            when code = 'reversed' then 'refunded'
            when code = 'partially_reversed' and own_payment_status = 'paid' then 'partially_refunded'
            else {{ as_payment_status('own_payment_status') }}
        end as payment_status,
        case when code = 'reversed' or own_payment_status = 'refunded' then gross else {{ money('0') }} end as refunded
    from source

),

renamed as (

    select
        account_id,
        record_key as order_id,
        {{ as_label("payload ->> 'code'", 100) }} as number,
        ordered_at,
        case
            when {{ is_deleted('payload') }} then 'deleted'
            when code in ('cancelled', 'canceled') then 'cancelled'
            when code in ('delivered', 'reversed') then 'closed'
            else 'open'
        end as status,
        payment_status,
        nullif(code, '') as native_status,
        own_payment_status as native_payment,
        cast(null as text) as native_fulfilment,
        is_cod,
        false as is_test,
        {{ as_label("payload ->> 'currency_code'", 20) }} as currency,
        gross,
        refunded,
        {{ money('null') }} as received,
        {{ as_label("payload ->> 'customer_hash'", 100) }} as customer_hash,
        cast(null as boolean) as is_new_customer,
        false as tells_origin,
        unreadable,
        loaded_at
    from with_payment_status

)

select * from renamed
