-- Shop money throughout: presentment money is in the buyer's currency.

with

source as (

    select
        orders.*,
        fields.*,
        orders.payload ->> 'displayFinancialStatus' in ('PAID', 'PARTIALLY_REFUNDED', 'REFUNDED') as is_paid,
        -- Shopify has no order status: it is derived from two timestamps.
        case
            when orders.payload ->> 'cancelledAt' is not null then 'cancelled'
            when orders.payload ->> 'closedAt' is not null then 'closed'
            else 'open'
        end as own_status
    from {{ source('shopify', 'orders') }} as orders
    cross join {{ fields_of('orders.payload', {
        'ordered_at': ['instant', 'createdAt'],
        'is_test': ['flag', 'test'],
        'gross': ['amount', 'totalPriceSet.shopMoney.amount'],
        'current_total': ['amount', 'currentTotalPriceSet.shopMoney.amount'],
        'refunded': ['amount', 'totalRefundedSet.shopMoney.amount'],
        'received': ['amount', 'netPaymentSet.shopMoney.amount'],
        'customer_order_index': ['count', 'customerJourneySummary.customerOrderIndex'],
    }, required=['ordered_at', 'gross']) }} as fields

),

renamed as (

    select
        account_id,
        record_key as order_id,
        {{ as_label("payload ->> 'name'", 100) }} as number,
        ordered_at,
        case when {{ is_deleted('payload') }} then 'deleted' else own_status end as status,
        {{ as_payment_status("lower(payload ->> 'displayFinancialStatus')") }} as payment_status,
        own_status as native_status,
        {{ as_label("payload ->> 'displayFinancialStatus'", 100) }} as native_payment,
        {{ as_label("payload ->> 'displayFulfillmentStatus'", 100) }} as native_fulfilment,
        {{ names_cash_on_delivery("payload ->> 'paymentGatewayNames'") }} as is_cod,
        coalesce(is_test, false) as is_test,
        {{ as_label("coalesce(payload #>> '{totalPriceSet,shopMoney,currencyCode}', payload ->> 'currencyCode')", 20) }}
            as currency,
        -- Items that an edit added are part of the order: it is worth what was paid, or its current total.
        cast(case
            when current_total > gross
                then coalesce(case when is_paid then received end, current_total) + coalesce(refunded, 0)
            else gross
        end as numeric(18, 4)) as gross,
        -- What an edit removed before payment is not refunded, but reduces the order alike.
        cast(greatest(refunded, gross - current_total) as numeric(18, 4)) as refunded,
        received,
        {{ as_label(json_text('payload', ['customer', 'id']), 100) }} as customer_hash,
        customer_order_index = 0 as is_new_customer,
        true as tells_origin,
        unreadable,
        loaded_at
    from source

)

select * from renamed
