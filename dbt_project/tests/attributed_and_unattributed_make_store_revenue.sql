-- Each order of each store is decided once, and nothing is attributed that no store has earned.

with

decided as (

    select
        orders.workspace_id,
        orders.local_date as date,
        sum(orders.net_reporting) filter (where decisions.outcome = 'attributed') as attributed,
        sum(orders.net_reporting) filter (where decisions.outcome = 'unattributed') as unattributed
    from {{ ref('attribution_decisions') }} as decisions
    inner join {{ ref('orders') }} as orders
        on
            decisions.store_platform = orders.platform
            and decisions.store_id = orders.store_id
            and decisions.order_id = orders.order_id
    group by orders.workspace_id, orders.local_date

),

totals as (

    select
        workspace_id,
        date,
        attributed_revenue,
        store_revenue
    from {{ ref('workspace_roas') }}
    where platform = 'all'

)

select
    workspace_id,
    date,
    totals.attributed_revenue,
    totals.store_revenue,
    decided.attributed,
    decided.unattributed
from totals
full join decided using (workspace_id, date)
where
    -- Days with an order that has no rate have no total, and nothing to compare.
    (totals.store_revenue is not null or totals.workspace_id is null)
    and (
        coalesce(totals.attributed_revenue, 0) <> coalesce(decided.attributed, 0)
        or coalesce(totals.store_revenue, 0) <> coalesce(decided.attributed, 0) + coalesce(decided.unattributed, 0)
    )
