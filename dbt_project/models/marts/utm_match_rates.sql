-- Match rules and reasons of revenue orders by week: a changed link template becomes visible here first.

with

decided as (

    select
        decisions.workspace_id,
        cast(date_trunc('week', decisions.local_date) as date) as week,
        decisions.outcome,
        coalesce(decisions.match_rule, decisions.reason) as rule_or_reason,
        orders.net_reporting
    from {{ ref('attribution_decisions') }} as decisions
    inner join {{ ref('orders') }} as orders
        on
            decisions.workspace_id = orders.workspace_id
            and decisions.store_platform = orders.platform
            and decisions.store_id = orders.store_id
            and decisions.order_id = orders.order_id
    where orders.is_revenue

),

counted as (

    select
        workspace_id,
        week,
        outcome,
        rule_or_reason,
        count(*) as orders,
        {{ money(sum_or_null('net_reporting')) }} as revenue
    from decided
    group by workspace_id, week, outcome, rule_or_reason

),

with_shares as (

    select
        *,
        {{ ratio('orders', 'sum(orders) over (partition by workspace_id, week)') }} as share_of_orders,
        {{ ratio('orders', 'sum(orders) over (partition by workspace_id, week, outcome)') }} as share_of_outcome
    from counted

)

select * from with_shares
