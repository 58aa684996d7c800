-- Orders of every store, out of their JSON once, and whether their money counts.

with

staged as (

    {{ union_staged('stores', 'orders', [
        'account_id', 'order_id', 'number', 'ordered_at', 'status', 'payment_status', 'is_cod', 'is_test', 'currency',
        'gross', 'refunded', 'received', 'customer_hash', 'is_new_customer', 'tells_origin', 'loaded_at',
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
        is_cod,
        is_test,
        status = 'cancelled' as is_cancelled,
        currency,
        gross,
        coalesce(refunded, 0) as refunded,
        coalesce(received, 0) as received,
        customer_hash,
        is_new_customer,
        tells_origin,
        loaded_at as updated_at
    from staged

),

fresh as (

    select renamed.*
    from renamed
    where {{ unseen('renamed', ['store_platform', 'store_id', 'order_id']) }}

),

judged as (

    select
        *,
        coalesce(
            not is_test
            and not is_cancelled
            and (
                payment_status in ('paid', 'partially_paid', 'partially_refunded', 'refunded')
                or (payment_status = 'pending' and is_cod)
            ),
            false
        ) as is_revenue
    from fresh

)

select * from judged
