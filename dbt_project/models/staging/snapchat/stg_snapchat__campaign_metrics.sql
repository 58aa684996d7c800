with

source as (

    select * from {{ source('snapchat', 'campaign_metrics') }}

),

renamed as (

    select
        account_id,
        lower(split_part(record_key, ':', 1)) as campaign_id,
        metric_date as date,
        {{ snapchat_day('payload') }},
        loaded_at
    from source

)

select * from renamed
