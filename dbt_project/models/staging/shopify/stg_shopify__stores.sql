with

source as (

    select * from {{ source('shopify', 'stores') }}

),

renamed as (

    select
        account_id,
        payload ->> 'name' as name,
        payload ->> 'currencyCode' as currency,
        payload ->> 'ianaTimezone' as timezone,
        loaded_at
    from source

)

select * from renamed
