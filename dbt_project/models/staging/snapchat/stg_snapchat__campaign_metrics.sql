with

source as (

    select * from {{ source('snapchat', 'campaign_metrics') }}

),

renamed as (

    select
        source.account_id,
        lower(split_part(source.record_key, ':', 1)) as campaign_id,
        source.metric_date as date,
        {{ snapchat_day('payload', 'fields') }},
        source.loaded_at
    from source
    cross join {{ snapchat_fields('payload') }} as fields

)

select * from renamed
