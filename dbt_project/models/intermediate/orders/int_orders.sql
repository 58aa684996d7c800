-- Orders of all stores, typed once from JSON, with the store's own statuses.

with

staged as (

    {{ union_sources('stores', 'orders', [
        'account_id', 'order_id', 'number', 'ordered_at', 'status', 'payment_status', 'native_status',
        'native_payment', 'native_fulfilment', 'is_cod', 'is_test', 'currency', 'gross', 'refunded', 'received',
        'customer_hash', 'is_new_customer', 'tells_origin', 'unreadable', 'loaded_at',
    ]) }}

),

renamed as (

    select
        platform as store_platform,
        account_id as store_id,
        order_id,
        number,
        -- Without a readable date an order cannot be placed on a day, and without a readable total it has no value: it
        -- is kept, but it is not revenue.
        ordered_at is not null and gross is not null as is_readable,
        coalesce(ordered_at, loaded_at) as ordered_at,
        status,
        payment_status,
        native_status,
        native_payment,
        native_fulfilment,
        is_cod,
        is_test,
        status in ('cancelled', 'deleted') as is_cancelled,
        currency,
        gross,
        coalesce(refunded, 0) as refunded,
        received,
        customer_hash,
        is_new_customer,
        tells_origin,
        unreadable,
        loaded_at as updated_at
    from staged

),

new_or_updated as (

    select renamed.*
    from renamed
    where {{ is_new_or_updated('renamed', ['store_platform', 'store_id', 'order_id']) }}

)

select * from new_or_updated
