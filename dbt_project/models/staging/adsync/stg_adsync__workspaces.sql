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
        cast(coalesce(attribution ->> 'window_days', '7') as integer) as window_days,
        cast(coalesce(alerts ->> 'roas_drop_ratio', '0.7') as numeric(18, 6)) as roas_drop_ratio,
        cast(coalesce(alerts ->> 'min_spend', '100') as numeric(18, 6)) as min_spend,
        cast(coalesce(alerts ->> 'high_spend_ratio', '1.5') as numeric(18, 6)) as high_spend_ratio,
        cast(coalesce(alerts ->> 'low_conversions_ratio', '0.5') as numeric(18, 6)) as low_conversions_ratio,
        cast(coalesce(alerts ->> 'ctr_drop_ratio', '0.5') as numeric(18, 6)) as ctr_drop_ratio,
        cast(coalesce(alerts ->> 'min_baseline_days', '7') as integer) as min_baseline_days,
        cast(fx_rates as text) as own_rates
    from source

)

select * from renamed
