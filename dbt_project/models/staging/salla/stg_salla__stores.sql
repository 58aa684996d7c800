with

source as (

    select * from {{ source('salla', 'stores') }}

),

renamed as (

    select
        account_id,
        payload ->> 'name' as name,
        payload ->> 'currency' as currency,
        payload ->> 'timezone' as timezone,
        loaded_at
    from source

)

select * from renamed
