-- Spend, claimed revenue and attributed revenue by campaign and day.

with

campaign_days as (

    select * from {{ function('campaign_days_now') }}()

)

select * from campaign_days
