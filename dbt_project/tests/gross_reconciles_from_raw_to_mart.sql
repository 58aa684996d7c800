-- Every order of the connected stores is in the mart once, with its gross amount.

with

raw_orders as (

    select
        staged.platform,
        staged.account_id as store_id,
        sum(staged.gross) as gross,
        count(*) as orders
    from (
        {{ union_staged('stores', 'orders', ['account_id', 'gross']) }}
    ) as staged
    inner join {{ ref('stg_adsync__accounts') }} as accounts
        on staged.platform = accounts.platform and staged.account_id = accounts.account_id
    group by staged.platform, staged.account_id

),

mart_orders as (

    select
        platform,
        store_id,
        sum(gross) as gross,
        count(*) as orders
    from {{ ref('orders') }}
    group by platform, store_id

)

select
    platform,
    store_id,
    raw_orders.orders as raw_orders,
    mart_orders.orders as mart_orders
from raw_orders
full join mart_orders using (platform, store_id)
where
    raw_orders.gross is distinct from mart_orders.gross
    or raw_orders.orders is distinct from mart_orders.orders
