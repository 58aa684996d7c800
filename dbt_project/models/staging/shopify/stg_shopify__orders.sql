-- Shop money throughout: presentment money is in the buyer's currency.

with

source as (

    select
        *,
        -- Shopify has no order status: it is derived from two timestamps.
        case
            when payload ->> 'cancelledAt' is not null then 'cancelled'
            when payload ->> 'closedAt' is not null then 'closed'
            else 'open'
        end as own_status
    from {{ source('shopify', 'orders') }}

),

renamed as (

    select
        account_id,
        record_key as order_id,
        payload ->> 'name' as number,
        cast(payload ->> 'createdAt' as timestamptz) as ordered_at,
        own_status as status,
        lower(payload ->> 'displayFinancialStatus') as payment_status,
        own_status as native_status,
        payload ->> 'displayFinancialStatus' as native_payment,
        payload ->> 'displayFulfillmentStatus' as native_fulfilment,
        coalesce(payload ->> 'paymentGatewayNames', '') ~* 'cash on delivery|cod' as is_cod,
        coalesce(cast(payload ->> 'test' as boolean), false) as is_test,
        coalesce({{ json_text('payload', ['totalPriceSet', 'shopMoney', 'currencyCode']) }}, payload ->> 'currencyCode')
            as currency,
        {{ money(json_text('payload', ['totalPriceSet', 'shopMoney', 'amount'])) }} as gross,
        {{ money(json_text('payload', ['totalRefundedSet', 'shopMoney', 'amount'])) }} as refunded,
        {{ money(json_text('payload', ['netPaymentSet', 'shopMoney', 'amount'])) }} as received,
        {{ json_text('payload', ['customer', 'id']) }} as customer_hash,
        cast({{ json_text('payload', ['customerJourneySummary', 'customerOrderIndex']) }} as integer) = 0
            as is_new_customer,
        true as tells_origin,
        loaded_at
    from source

)

select * from renamed
