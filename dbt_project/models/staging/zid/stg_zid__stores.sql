with

source as (

    select * from {{ source('zid', 'stores') }}

),

renamed as (

    select
        account_id,
        payload ->> 'title' as name,
        payload ->> 'currency' as currency,
        payload ->> 'timezone' as timezone,
        loaded_at
    from source

)

select * from renamed
