-- Last-click attribution for each what-if window, by campaign and day.

with

-- The latest touch suffices: it wins in every window that includes it.
winners as (

    select
        paths.workspace_id,
        paths.platform,
        paths.account_id,
        paths.campaign_id,
        paths.local_date as date,
        {{ narrowest_window('paths.age_seconds') }} as narrowest,
        orders.net_reporting as revenue,
        orders.is_new_customer
    from {{ ref('int_orders__touch_paths') }} as paths
    inner join {{ ref('orders') }} as orders
        on
            paths.store_platform = orders.platform
            and paths.store_id = orders.store_id
            and paths.order_id = orders.order_id
    where paths.position = 1

),

-- Aggregated early: few rows remain. A sum is null when one of its amounts is null.
newly_reached as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        narrowest,
        count(*) as attributed_orders,
        count(*) filter (where is_new_customer) as new_customer_orders,
        {{ sum_or_null('revenue') }} as revenue,
        {{ sum_or_null('case when is_new_customer then revenue else 0 end') }} as new_customer_revenue,
        count(*) filter (where not is_new_customer) as returning_customer_orders,
        {{ sum_or_null('case when not is_new_customer then revenue else 0 end') }} as returning_customer_revenue
    from winners
    where narrowest is not null
    group by workspace_id, platform, account_id, campaign_id, date, narrowest

),

days as (

    select distinct
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date
    from newly_reached

),

-- A campaign's day has a row for every window, including windows without orders.
windows as (

    select
        days.workspace_id,
        days.platform,
        days.account_id,
        days.campaign_id,
        days.date,
        widths.window_days,
        coalesce(sum(newly_reached.attributed_orders), 0) as attributed_orders,
        coalesce(sum(newly_reached.new_customer_orders), 0) as new_customer_orders,
        coalesce(sum(newly_reached.returning_customer_orders), 0) as returning_customer_orders,
        case
            when count(newly_reached.narrowest) = count(newly_reached.revenue)
                then coalesce(sum(newly_reached.revenue), 0)
        end as attributed_revenue,
        case
            when count(newly_reached.narrowest) = count(newly_reached.new_customer_revenue)
                then coalesce(sum(newly_reached.new_customer_revenue), 0)
        end as new_customer_revenue,
        case
            when count(newly_reached.narrowest) = count(newly_reached.returning_customer_revenue)
                then coalesce(sum(newly_reached.returning_customer_revenue), 0)
        end as returning_customer_revenue
    from days
    cross join unnest(array{{ what_if_windows() }}) as widths (window_days)
    left join newly_reached
        on
            days.workspace_id = newly_reached.workspace_id
            and days.platform = newly_reached.platform
            and days.account_id = newly_reached.account_id
            and days.campaign_id = newly_reached.campaign_id
            and days.date = newly_reached.date
            and widths.window_days >= newly_reached.narrowest
    group by days.workspace_id, days.platform, days.account_id, days.campaign_id, days.date, widths.window_days

),

with_spread as (

    select
        *,
        first_value(attributed_revenue) over campaign_day as narrow_revenue,
        last_value(attributed_revenue) over campaign_day as wide_revenue
    from windows
    window campaign_day as (
        partition by workspace_id, platform, account_id, campaign_id, date
        order by window_days rows between unbounded preceding and unbounded following
    )

),

attribution_windows as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        window_days,
        cast(attributed_orders as bigint) as attributed_orders,
        {{ money('attributed_revenue') }} as attributed_revenue,
        cast(new_customer_orders as bigint) as new_customer_orders,
        {{ money('new_customer_revenue') }} as new_customer_revenue,
        cast(returning_customer_orders as bigint) as returning_customer_orders,
        {{ money('returning_customer_revenue') }} as returning_customer_revenue,
        {{ money('wide_revenue - narrow_revenue') }} as spread_revenue,
        {{ ratio('(wide_revenue - narrow_revenue)', 'wide_revenue') }} as spread_share
    from with_spread

)

select * from attribution_windows
