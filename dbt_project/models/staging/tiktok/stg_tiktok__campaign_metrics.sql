with

source as (

    select * from {{ source('tiktok', 'campaign_metrics') }}

),

renamed as (

    select
        account_id,
        split_part(record_key, ':', 1) as campaign_id,
        metric_date as date,
        {{ tiktok_day('payload', 'fields') }},
        loaded_at
    from source
    cross join {{ tiktok_fields('payload') }} as fields

)

select * from renamed
