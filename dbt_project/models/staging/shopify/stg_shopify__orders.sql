-- Shop money throughout: presentment money is in the buyer's currency.

with

source as (

    select
        orders.*,
        fields.*,
        -- Shopify has no order status: it is derived from two timestamps.
        case
            when payload ->> 'cancelledAt' is not null then 'cancelled'
            when payload ->> 'closedAt' is not null then 'closed'
            else 'open'
        end as own_status
    from {{ source('shopify', 'orders') }} as orders
    cross join {{ fields_of('orders.payload', {
        'ordered_at': ['instant', 'createdAt'],
        'is_test': ['flag', 'test'],
        'gross': ['amount', 'totalPriceSet.shopMoney.amount'],
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
        coalesce(payload ->> 'paymentGatewayNames', '') ~* 'cash on delivery|cod' as is_cod,
        coalesce(is_test, false) as is_test,
        {{ as_label("coalesce(payload #>> '{totalPriceSet,shopMoney,currencyCode}', payload ->> 'currencyCode')", 20) }}
            as currency,
        gross,
        refunded,
        received,
        {{ as_label(json_text('payload', ['customer', 'id']), 100) }} as customer_hash,
        customer_order_index = 0 as is_new_customer,
        true as tells_origin,
        unreadable,
        loaded_at
    from source

)

select * from renamed
