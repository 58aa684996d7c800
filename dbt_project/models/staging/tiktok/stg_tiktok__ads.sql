with

source as (

    select * from {{ source('tiktok', 'ads') }}

),

renamed as (

    select
        account_id,
        -- The key is the kind and the id.
        coalesce(nullif(split_part(record_key, ':', 2), ''), record_key) as child_id,
        case when record_key like 'ad_set:%' or payload ->> 'kind' = 'ad_set' then 'ad_set' else 'ad' end as kind,
        {{ as_label("payload ->> 'campaign_id'", 100) }} as campaign_id,
        nullif({{ as_label("payload ->> 'name'") }}, '') as name,
        loaded_at
    from source

)

select * from renamed
