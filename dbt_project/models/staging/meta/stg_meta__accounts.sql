with

source as (

    select * from {{ source('meta', 'accounts') }}

),

renamed as (

    select
        account_id,
        payload ->> 'name' as name,
        payload ->> 'currency' as currency,
        payload ->> 'timezone_name' as timezone,
        payload ->> 'account_status' as platform_status,
        loaded_at
    from source

)

select * from renamed
