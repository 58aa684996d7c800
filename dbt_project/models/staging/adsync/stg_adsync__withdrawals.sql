with

source as (

    select * from {{ source('raw', 'observations') }}

),

renamed as (

    select
        source as platform,
        account_id,
        -- Staging holds ids in lower case.
        lower(split_part(record_key, ':', 1)) as campaign_id,
        metric_date as date,
        observed_at
    from source
    where payload is null and stream = 'campaign_metrics'

)

select * from renamed
