with

source as (

    select * from {{ source('snapchat', 'ads') }}

),

renamed as (

    select
        account_id,
        lower(payload ->> 'id') as child_id,
        payload ->> 'kind' as kind,
        lower(payload ->> 'campaign_id') as campaign_id,
        nullif(payload ->> 'name', '') as name,
        loaded_at
    from source

)

select * from renamed
