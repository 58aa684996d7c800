-- Orders of all stores, typed once from JSON, with the store's own statuses.

with

staged as (

    {{ union_sources('stores', 'orders', [
        'account_id', 'order_id', 'number', 'ordered_at', 'status', 'payment_status', 'native_status',
        'native_payment', 'native_fulfilment', 'is_cod', 'is_test', 'currency', 'gross', 'refunded', 'received',
        'customer_hash', 'is_new_customer', 'tells_origin', 'loaded_at',
    ]) }}

),

renamed as (

    select
        platform as store_platform,
        account_id as store_id,
        order_id,
        number,
        ordered_at,
        status,
        payment_status,
        native_status,
        native_payment,
        native_fulfilment,
        is_cod,
        is_test,
        status = 'cancelled' as is_cancelled,
        currency,
        gross,
        coalesce(refunded, 0) as refunded,
        received,
        customer_hash,
        is_new_customer,
        tells_origin,
        loaded_at as updated_at
    from staged

),

new_or_updated as (

    select renamed.*
    from renamed
    where {{ is_new_or_updated('renamed', ['store_platform', 'store_id', 'order_id']) }}

)

select * from new_or_updated
