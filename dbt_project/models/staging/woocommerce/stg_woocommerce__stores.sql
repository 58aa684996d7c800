-- A site that is set to an offset instead of a city has no time zone name.

with

source as (

    select * from {{ source('woocommerce', 'stores') }}

),

renamed as (

    select
        account_id,
        {{ as_label("payload ->> 'name'") }} as name,
        {{ as_label("payload ->> 'currency'", 20) }} as currency,
        nullif(payload ->> 'timezone_string', '') as timezone,
        nullif(
            {{ as_label("lower(regexp_replace(payload ->> 'url', '^https?://(www\\.)?|/+$', '', 'g'))", 200) }}, ''
        ) as own_id,
        loaded_at
    from source

)

select * from renamed
