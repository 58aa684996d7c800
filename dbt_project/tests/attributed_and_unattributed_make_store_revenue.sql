-- For last click, every model and every what-if window: attributed and unattributed revenue add up to store revenue, by
-- workspace and day. Unattributed revenue is computed per order, not as the remainder.

with

orders as (

    select * from {{ ref('orders') }}
    where is_revenue

),

paths as (

    select
        store_platform,
        store_id,
        order_id,
        min(age_seconds) as age_seconds
    from {{ ref('int_orders__touch_paths') }}
    group by store_platform, store_id, order_id

),

methods as (

    select distinct
        'model ' || model as method,
        cast(null as integer) as window_days
    from {{ ref('attribution_credits') }}
    union all
    select
        'window ' || window_days as method,
        window_days
    from unnest(array{{ what_if_windows() }}) as widths (window_days)
    union all
    select
        'last click' as method,
        null as window_days

),

attributed as (

    select
        workspace_id,
        workspace_date as date,
        'model ' || model as method,
        credited_value as attributed
    from {{ ref('attribution_credits') }}
    union all
    select
        workspace_id,
        date,
        'window ' || window_days as method,
        attributed_revenue as attributed
    from {{ ref('attribution_windows') }}
    union all
    select
        workspace_id,
        workspace_date as date,
        'last click' as method,
        conversion_value as attributed
    from {{ ref('attribution_events') }}

),

-- Materialized: otherwise the planner would look up the paths of an order for each of a dozen methods.
order_ages as materialized (

    select
        orders.workspace_id,
        orders.local_date as date,
        orders.net_reporting,
        settings.window_days,
        paths.age_seconds
    from orders
    inner join {{ ref('int_settings__attribution') }} as settings
        on orders.platform = settings.platform and orders.store_id = settings.account_id
    left join paths
        on
            orders.platform = paths.store_platform
            and orders.store_id = paths.store_id
            and orders.order_id = paths.order_id

),

-- A method without a window of its own uses the workspace's.
unattributed as (

    select
        order_ages.workspace_id,
        order_ages.date,
        methods.method,
        order_ages.net_reporting as unattributed
    from order_ages
    cross join methods
    where
        coalesce(order_ages.age_seconds > 86400.0 * coalesce(methods.window_days, order_ages.window_days), true)

),

totals as (

    select
        workspace_id,
        date,
        method,
        sum(attributed) as attributed,
        sum(unattributed) as unattributed
    from (
        select
            workspace_id,
            date,
            method,
            attributed,
            0 as unattributed
        from attributed
        union all
        select
            workspace_id,
            date,
            method,
            0 as attributed,
            unattributed
        from unattributed
    ) as parts
    group by workspace_id, date, method

),

-- Days with unknown store revenue are not compared.
revenue as (

    select
        roas.workspace_id,
        roas.date,
        roas.store_revenue,
        methods.method
    from {{ ref('workspace_roas') }} as roas
    cross join methods
    where roas.platform = 'all' and roas.store_revenue is not null

)

select
    revenue.workspace_id,
    revenue.date,
    revenue.method,
    revenue.store_revenue,
    totals.attributed,
    totals.unattributed
from revenue
left join totals
    on revenue.workspace_id = totals.workspace_id and revenue.date = totals.date and revenue.method = totals.method
where revenue.store_revenue <> coalesce(totals.attributed + totals.unattributed, 0)
