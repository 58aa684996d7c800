with

source as (

    select * from {{ source('snapchat', 'accounts') }}

),

renamed as (

    select
        account_id,
        {{ as_label("payload ->> 'name'") }} as name,
        {{ as_label("payload ->> 'currency'", 20) }} as currency,
        {{ as_label("payload ->> 'timezone'") }} as timezone,
        {{ as_label("payload ->> 'status'") }} as platform_status,
        loaded_at
    from source

)

select * from renamed
