-- Always empty: Zid does not expose the origin of orders, not even the landing page.

with

source as (

    select * from {{ source('zid', 'orders') }}

),

renamed as (

    select
        account_id,
        record_key as order_id,
        cast(null as text) as touch_id,
        cast(null as text) as kind,
        cast(null as timestamptz) as touched_at,
        cast(null as text) as landing_url,
        cast(null as text) as referrer,
        cast(null as text) as channel,
        cast(null as text) as utm_source,
        cast(null as text) as utm_medium,
        cast(null as text) as utm_campaign,
        cast(null as text) as utm_content,
        cast(null as text) as utm_term,
        cast(null as text) as utm_id,
        cast(null as text) as campaign_id_param,
        cast(null as jsonb) as unreadable,
        loaded_at
    from source
    where false

)

select * from renamed
