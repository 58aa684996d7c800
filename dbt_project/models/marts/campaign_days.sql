-- Spend, claimed revenue and attributed revenue by campaign and day.

with

campaign_days as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        impressions,
        clicks,
        spend,
        claimed_conversions,
        claimed_revenue,
        attributed_orders,
        attributed_revenue,
        collected_revenue,
        ctr,
        cpc,
        cpm,
        claimed_roas,
        attributed_roas
    from {{ function('campaign_days_now') }}()

)

select * from campaign_days
