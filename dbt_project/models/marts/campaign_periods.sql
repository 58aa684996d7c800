-- Spend, claimed revenue and attributed revenue of each campaign in the dashboard's four periods.

with

workspaces as (

    select
        workspace_id,
        {{ local_date(as_of(), 'timezone') }} as today,
        {{ local_date(as_of(), 'timezone') }} - {{ days_of_longest_period() }} + 1 as first_day
    from {{ ref('stg_adsync__workspaces') }}

),

periods (period, days) as (

    values {{ dashboard_periods() }}

),

-- A day is summed once, in the shortest period that has it. The rows of a campaign are then at most four.
delivered as (

    select
        metrics.workspace_id,
        metrics.platform,
        metrics.account_id,
        metrics.campaign_id,
        {{ days_of_shortest_period('workspaces.today - metrics.date') }} as days,
        sum(metrics.impressions) as impressions,
        sum(metrics.clicks) as clicks,
        {{ sum_or_null('metrics.spend_reporting') }} as spend,
        sum(metrics.conversions) as claimed_conversions,
        {{ sum_or_null('metrics.revenue_reporting') }} as claimed_revenue
    from workspaces
    inner join {{ ref('campaign_metrics') }} as metrics
        on
            workspaces.workspace_id = metrics.workspace_id
            and metrics.date between workspaces.first_day and workspaces.today
    group by metrics.workspace_id, metrics.platform, metrics.account_id, metrics.campaign_id, days

),

sold as (

    select
        events.workspace_id,
        events.platform,
        events.account_id,
        events.campaign_id,
        {{ days_of_shortest_period('workspaces.today - events.campaign_date') }} as days,
        count(*) as attributed_orders,
        {{ sum_or_null('events.conversion_value') }} as attributed_revenue,
        {{ sum_or_null('events.collected_value') }} as collected_revenue
    from workspaces
    inner join {{ ref('attribution_events') }} as events
        on
            workspaces.workspace_id = events.workspace_id
            and events.campaign_date between workspaces.first_day and workspaces.today
    group by events.workspace_id, events.platform, events.account_id, events.campaign_id, days

),

-- Each part has its own measures and 0 for the others.
measures as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        days,
        impressions,
        clicks,
        spend,
        claimed_conversions,
        claimed_revenue,
        0 as attributed_orders,
        0 as attributed_revenue,
        0 as collected_revenue
    from delivered
    union all
    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        days,
        0 as impressions,
        0 as clicks,
        0 as spend,
        0 as claimed_conversions,
        0 as claimed_revenue,
        attributed_orders,
        attributed_revenue,
        collected_revenue
    from sold

),

summed as (

    select
        measures.workspace_id,
        periods.period,
        measures.platform,
        measures.account_id,
        measures.campaign_id,
        sum(measures.impressions) as impressions,
        sum(measures.clicks) as clicks,
        {{ sum_or_null('measures.spend') }} as spend,
        sum(measures.claimed_conversions) as claimed_conversions,
        {{ sum_or_null('measures.claimed_revenue') }} as claimed_revenue,
        sum(measures.attributed_orders) as attributed_orders,
        {{ sum_or_null('measures.attributed_revenue') }} as attributed_revenue,
        {{ sum_or_null('measures.collected_revenue') }} as collected_revenue
    from measures
    inner join periods on measures.days <= periods.days
    group by
        measures.workspace_id, periods.period, measures.platform, measures.account_id, measures.campaign_id

),

campaign_periods as (

    select
        workspace_id,
        period,
        platform,
        account_id,
        campaign_id,
        cast(impressions as bigint) as impressions,
        cast(clicks as bigint) as clicks,
        {{ money('spend') }} as spend,
        {{ money('claimed_conversions') }} as claimed_conversions,
        {{ money('claimed_revenue') }} as claimed_revenue,
        cast(attributed_orders as bigint) as attributed_orders,
        {{ money('attributed_revenue') }} as attributed_revenue,
        {{ money('collected_revenue') }} as collected_revenue,
        {{ ratio('clicks', 'impressions', factor=100) }} as ctr,
        {{ ratio('spend', 'clicks') }} as cpc,
        {{ ratio('spend', 'impressions', factor=1000) }} as cpm,
        {{ ratio('claimed_revenue', 'spend') }} as claimed_roas,
        {{ ratio('attributed_revenue', 'spend') }} as attributed_roas
    from summed

)

select * from campaign_periods
