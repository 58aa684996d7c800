-- Impressions and clicks of a workspace by day, for the dashboard.

with

delivered_days as (

    select
        workspace_id,
        date,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks
    from {{ ref('campaign_metrics') }}
    group by workspace_id, date

)

select * from delivered_days
