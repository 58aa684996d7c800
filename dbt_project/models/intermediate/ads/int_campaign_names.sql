-- All known names of campaigns: from metrics, the current listing and former listings.

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

    {{ union_sources('ad_platforms', 'campaigns', ['account_id', 'campaign_id', 'name']) }}

),

-- Each listed name with the time of the rename to it; null for the first known name.
listings as (

    select
        platform,
        account_id,
        campaign_id,
        name,
        lag(replaced_at) over (
            partition by platform, account_id, campaign_id order by replaced_at nulls last
        ) as began_at,
        replaced_at is null as is_listed
    from (
        select
            platform,
            account_id,
            campaign_id,
            name,
            replaced_at
        from {{ ref('stg_adsync__former_names') }}
        union all
        select
            platform,
            account_id,
            campaign_id,
            name,
            null as replaced_at
        from listed
        where name is not null
    ) as listed_over_time

),

listed_names as (

    select
        platform,
        account_id,
        campaign_id,
        name,
        bool_or(is_listed) as is_listed,
        case when bool_and(began_at is not null) then min(began_at) end as began_at
    from listings
    group by platform, account_id, campaign_id, name

),

names as (

    select
        platform,
        account_id,
        campaign_id,
        name,
        reported.first_seen,
        reported.last_seen,
        coalesce(listed_names.is_listed, false) as is_listed,
        listed_names.began_at
    from reported
    full join listed_names using (platform, account_id, campaign_id, name)

),

ranked as (

    select
        *,
        row_number() over (
            partition by platform, account_id, campaign_id
            order by is_listed desc, last_seen desc nulls last, began_at desc nulls last, name asc
        ) = 1 as is_current
    from names

)

select * from ranked
