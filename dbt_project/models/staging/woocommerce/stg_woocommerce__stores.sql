-- A site that is set to an offset instead of a city has no time zone name.

with

source as (

    select * from {{ source('woocommerce', 'stores') }}

),

renamed as (

    select
        account_id,
        payload ->> 'name' as name,
        payload ->> 'currency' as currency,
        nullif(payload ->> 'timezone_string', '') as timezone,
        loaded_at
    from source

)

select * from renamed
