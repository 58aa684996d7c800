-- The payment status is derived from the payment date and WooCommerce's paid statuses. Statuses of plugins count by
-- their payment date. A draft is not an order yet: it counts as a test.

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
        -- Negative amounts; the total does not include them. The status means a full refund, also without a list.
        cast(greatest(
            -{{ json_sum("orders.payload -> 'refunds'", 'total') }},
            case when orders.payload ->> 'status' = 'refunded' then fields.gross end
        ) as numeric(18, 4)) as refunded,
        case
            when orders.payload ->> 'date_paid_gmt' is not null then 'date_paid'
            -- WooCommerce's paid statuses: imported orders may lack the date.
            when orders.payload ->> 'status' in ('processing', 'completed', 'refunded') then 'paid status'
            else 'no date_paid'
        end as own_payment,
        case
            when {{ has_unreadable_amount("orders.payload -> 'refunds'", 'total') }}
                then
                    coalesce(fields.unreadable, '{}')
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
            when not is_cod and own_payment = 'no date_paid' then 'pending'
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
        case when not is_cod then own_payment end as native_payment,
        cast(null as text) as native_fulfilment,
        is_cod,
        coalesce(own_status in ('checkout-draft', 'auto-draft', 'draft'), false) as is_test,
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
