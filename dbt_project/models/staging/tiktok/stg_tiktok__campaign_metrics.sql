with

source as (

    select * from {{ source('tiktok', 'campaign_metrics') }}

),

renamed as (

    select
        source.account_id,
        split_part(source.record_key, ':', 1) as campaign_id,
        source.metric_date as date,
        {{ tiktok_day('payload', 'fields') }},
        source.loaded_at
    from source
    cross join {{ tiktok_fields('payload') }} as fields

)

select * from renamed
