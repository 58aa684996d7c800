with

source as (

    select * from {{ source('snapchat', 'campaign_metrics') }}

),

renamed as (

    select
        account_id,
        lower(split_part(record_key, ':', 1)) as campaign_id,
        metric_date as date,
        {{ snapchat_day('payload', 'fields') }},
        loaded_at
    from source
    cross join {{ snapchat_fields('payload') }} as fields

)

select * from renamed
