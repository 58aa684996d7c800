-- `total_complete_payment_rate` is the money value of the purchases, whatever its name says.

with

source as (

    select
        account_id,
        split_part(record_key, ':', 1) as campaign_id,
        metric_date as date,
        payload -> 'metrics' as metrics,
        loaded_at
    from {{ source('tiktok', 'campaign_metrics') }}

),

renamed as (

    select
        account_id,
        campaign_id,
        date,
        metrics ->> 'campaign_name' as campaign_name,
        cast(null as text) as currency,
        cast({{ number("metrics ->> 'impressions'") }} as bigint) as impressions,
        cast({{ number("metrics ->> 'clicks'") }} as bigint) as clicks,
        cast({{ number("metrics ->> 'clicks'") }} as bigint) as link_clicks,
        {{ money(number("metrics ->> 'spend'")) }} as spend,
        jsonb_build_object('complete_payment', nullif(metrics ->> 'complete_payment', '-')) as purchase_counts,
        jsonb_build_object('complete_payment', nullif(metrics ->> 'total_complete_payment_rate', '-'))
            as purchase_values,
        cast({{ number("metrics ->> 'ctr'") }} as numeric(18, 6)) as platform_ctr,
        cast({{ number("metrics ->> 'cpc'") }} as numeric(18, 6)) as platform_cpc,
        cast(null as boolean) as is_settled,
        loaded_at
    from source

)

select * from renamed
