with

source as (

    select * from {{ source('adsync', 'workspaces') }}

),

renamed as (

    select
        workspace_id,
        name,
        currency,
        timezone,
        coalesce(cast(attribution ->> 'window_days' as integer), 7) as window_days,
        coalesce(cast(alerts ->> 'roas_drop_ratio' as numeric(18, 6)), 0.7) as roas_drop_ratio,
        coalesce(cast(alerts ->> 'min_spend' as numeric(18, 6)), 100) as min_spend,
        coalesce(cast(alerts ->> 'high_spend_ratio' as numeric(18, 6)), 1.5) as high_spend_ratio,
        coalesce(cast(alerts ->> 'low_conversions_ratio' as numeric(18, 6)), 0.5) as low_conversions_ratio,
        coalesce(cast(alerts ->> 'ctr_drop_ratio' as numeric(18, 6)), 0.5) as ctr_drop_ratio,
        coalesce(cast(alerts ->> 'min_baseline_days' as integer), 7) as min_baseline_days
    from source

)

select * from renamed
