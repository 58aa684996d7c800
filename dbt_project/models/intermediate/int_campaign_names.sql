-- Every name a campaign is known to have had: as its reports say, day by day, and as it is listed now.

with

reported as (

    select
        platform,
        account_id,
        campaign_id,
        campaign_name as name,
        min(date) as first_seen,
        max(date) as last_seen
    from {{ ref('int_ad_metrics') }}
    where campaign_name is not null
    group by platform, account_id, campaign_id, campaign_name

),

listed as (

    {{ union_staged('ad_platforms', 'campaigns', ['account_id', 'campaign_id', 'name', 'true as is_listed']) }}

),

names as (

    select
        platform,
        account_id,
        campaign_id,
        name,
        reported.first_seen,
        reported.last_seen,
        coalesce(listed.is_listed, false) as is_listed
    from reported
    full join listed using (platform, account_id, campaign_id, name)
    where name is not null

),

ordered as (

    select
        *,
        row_number() over (
            partition by platform, account_id, campaign_id order by is_listed desc, last_seen desc nulls last, name asc
        ) = 1 as is_current
    from names

)

select * from ordered
