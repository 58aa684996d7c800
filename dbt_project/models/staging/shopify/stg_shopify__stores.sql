with

source as (

    select * from {{ source('shopify', 'stores') }}

),

renamed as (

    select
        account_id,
        {{ as_label("payload ->> 'name'") }} as name,
        {{ as_label("payload ->> 'currencyCode'", 20) }} as currency,
        {{ as_label("payload ->> 'ianaTimezone'") }} as timezone,
        nullif({{ as_label("payload ->> 'id'", 100) }}, '') as own_id,
        loaded_at
    from source

)

select * from renamed
