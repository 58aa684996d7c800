with

source as (

    select * from {{ source('raw', 'former_names') }}

),

renamed as (

    select
        source as platform,
        account_id,
        -- Staging holds ids in lower case.
        lower(campaign_id) as campaign_id,
        name,
        replaced_at
    from source

)

select * from renamed
