with

source as (

    select * from {{ source('snapchat', 'accounts') }}

),

renamed as (

    select
        account_id,
        payload ->> 'name' as name,
        payload ->> 'currency' as currency,
        payload ->> 'timezone' as timezone,
        payload ->> 'status' as platform_status,
        loaded_at
    from source

)

select * from renamed
