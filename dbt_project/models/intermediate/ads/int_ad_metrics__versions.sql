-- All versions of a campaign's day, typed once from JSON. Rows are never updated.

with

new_observations as (

    select observations.*
    from {{ ref('stg_adsync__observations') }} as observations
    where
        {{ is_new_or_updated(
            'observations', ['platform', 'account_id', 'campaign_id', 'date', 'observed_at'], version='loaded_at'
        ) }}

),

versions as (

    select
        platform,
        account_id,
        campaign_id,
        date,
        observed_at,
        is_withdrawn,
        currency,
        coalesce(impressions, 0) as impressions,
        coalesce(clicks, 0) as clicks,
        coalesce(spend, 0) as spend,
        purchase_counts,
        purchase_values,
        loaded_at as updated_at
    from new_observations

)

select * from versions
