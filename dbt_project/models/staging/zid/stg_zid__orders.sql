-- Times are UTC without an offset. Zid reports no amount of a partial return; an empty object arrives as a list.

with

source as (

    select
        *,
        coalesce({{ json_text('payload', ['order_status', 'code']) }}, '') as code,
        payload ->> 'payment_status' as own_payment_status,
        coalesce({{ json_text('payload', ['payment', 'method', 'code']) }} = 'zid_cod', false) as is_cod,
        {{ money("payload ->> 'order_total'") }} as gross
    from {{ source('zid', 'orders') }}

),

with_payment_status as (

    select
        *,
        case
            when own_payment_status in ('pending', 'voided') then own_payment_status
            when code = 'reversed' then 'refunded'
            when code = 'partially_reversed' and own_payment_status = 'paid' then 'partially_refunded'
            else own_payment_status
        end as payment_status,
        case when code = 'reversed' or own_payment_status = 'refunded' then gross else {{ money('0') }} end as refunded
    from source

),

renamed as (

    select
        account_id,
        record_key as order_id,
        payload ->> 'code' as number,
        {{ utc_instant("payload ->> 'created_at'") }} as ordered_at,
        case
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
        payload ->> 'currency_code' as currency,
        gross,
        refunded,
        {{ money('null') }} as received,
        payload ->> 'customer_hash' as customer_hash,
        cast(null as boolean) as is_new_customer,
        false as tells_origin,
        loaded_at
    from with_payment_status

)

select * from renamed
