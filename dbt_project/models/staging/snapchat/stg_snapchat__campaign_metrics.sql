-- Spend and value are millionths of the account's currency; a swipe is a click. A name stands only where a row is no
-- campaign's: there it is what the account spent and no campaign tells of.

with

source as (

    select
        account_id,
        lower(split_part(record_key, ':', 1)) as campaign_id,
        metric_date as date,
        payload ->> 'campaign_name' as campaign_name,
        payload -> 'stats' as stats,
        cast(payload ->> 'end_time' as timestamptz) as ended_at,
        cast(payload ->> 'finalized_data_end_time' as timestamptz) as settled_until,
        loaded_at
    from {{ source('snapchat', 'campaign_metrics') }}

),

renamed as (

    select
        account_id,
        campaign_id,
        date,
        campaign_name,
        cast(null as text) as currency,
        cast(stats ->> 'impressions' as bigint) as impressions,
        cast(stats ->> 'swipes' as bigint) as clicks,
        cast(stats ->> 'swipes' as bigint) as link_clicks,
        {{ micros("stats ->> 'spend'") }} as spend,
        jsonb_build_object('conversion_purchases', stats ->> 'conversion_purchases') as purchase_counts,
        jsonb_build_object(
            'conversion_purchases', cast({{ micros("stats ->> 'conversion_purchases_value'") }} as text)
        ) as purchase_values,
        cast(null as numeric(18, 6)) as platform_ctr,
        cast(null as numeric(18, 6)) as platform_cpc,
        ended_at <= settled_until as is_settled,
        loaded_at
    from source

)

select * from renamed
