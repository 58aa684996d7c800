with

source as (

    select * from {{ source('salla', 'stores') }}

),

renamed as (

    select
        account_id,
        {{ as_label("payload ->> 'name'") }} as name,
        {{ as_label("payload ->> 'currency'", 20) }} as currency,
        {{ as_label("payload ->> 'timezone'") }} as timezone,
        nullif({{ as_label("payload ->> 'id'", 100) }}, '') as own_id,
        loaded_at
    from source

)

select * from renamed
