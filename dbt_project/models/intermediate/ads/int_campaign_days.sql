-- Spend, claimed revenue and attributed revenue by campaign and day.

with

-- Each part has its own measures and 0 for the others, so that orders on days without spend are kept. A union instead
-- of a join: a query over a few days then reads only these days.
measures as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        impressions,
        clicks,
        spend_reporting as spend,
        conversions as claimed_conversions,
        revenue_reporting as claimed_revenue,
        0 as attributed_orders,
        0 as attributed_revenue,
        0 as collected_revenue
    from {{ ref('campaign_metrics') }}
    union all
    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        campaign_date as date,
        0 as impressions,
        0 as clicks,
        0 as spend,
        0 as claimed_conversions,
        0 as claimed_revenue,
        1 as attributed_orders,
        conversion_value as attributed_revenue,
        collected_value as collected_revenue
    from {{ ref('attribution_events') }}

),

summed as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        {{ sum_or_null('spend') }} as spend,
        sum(claimed_conversions) as claimed_conversions,
        {{ sum_or_null('claimed_revenue') }} as claimed_revenue,
        sum(attributed_orders) as attributed_orders,
        {{ sum_or_null('attributed_revenue') }} as attributed_revenue,
        {{ sum_or_null('collected_revenue') }} as collected_revenue
    from measures
    group by workspace_id, platform, account_id, campaign_id, date

),

campaign_days as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
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

select * from campaign_days
