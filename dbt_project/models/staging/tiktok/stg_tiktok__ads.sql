with

source as (

    select * from {{ source('tiktok', 'ads') }}

),

renamed as (

    select
        account_id,
        payload ->> 'id' as child_id,
        payload ->> 'kind' as kind,
        payload ->> 'campaign_id' as campaign_id,
        nullif(payload ->> 'name', '') as name,
        loaded_at
    from source

)

select * from renamed
