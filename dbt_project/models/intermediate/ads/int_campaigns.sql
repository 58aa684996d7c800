-- Campaigns that are listed or have metrics: platforms may stop listing deleted campaigns.

with

listed as (

    {{ union_sources('ad_platforms', 'campaigns', [
        'account_id', 'campaign_id', 'status', 'objective', 'started_at', 'stopped_at', 'created_at',
        'unreadable',
    ]) }}

),

measured as (

    select
        platform,
        account_id,
        campaign_id,
        min(date) as first_date,
        max(date) as last_date
    from {{ ref('int_ad_metrics') }}
    group by platform, account_id, campaign_id

),

names as (

    select * from {{ ref('int_campaign_names') }}
    where is_current

),

campaigns as (

    select
        platform,
        account_id,
        campaign_id,
        names.name,
        coalesce(listed.status, 'unlisted') as status,
        listed.objective,
        listed.started_at,
        listed.stopped_at,
        listed.created_at,
        measured.first_date,
        measured.last_date,
        listed.unreadable
    from listed
    full join measured using (platform, account_id, campaign_id)
    left join names using (platform, account_id, campaign_id)

)

select * from campaigns
