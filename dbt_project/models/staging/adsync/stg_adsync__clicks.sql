with

source as (

    select * from {{ source('raw', 'clicks') }}

),

renamed as (

    select
        workspace_id,
        click_id as touch_id,
        visitor_hash,
        order_key,
        clicked_at as touched_at,
        url as landing_url,
        referrer,
        {{ query_parameter('url', 'utm_source') }} as utm_source,
        {{ query_parameter('url', 'utm_medium') }} as utm_medium,
        {{ query_parameter('url', 'utm_campaign') }} as utm_campaign,
        {{ query_parameter('url', 'utm_content') }} as utm_content,
        {{ query_parameter('url', 'utm_term') }} as utm_term,
        {{ query_parameter('url', 'utm_id') }} as utm_id,
        {{ query_parameter('url', '(?:[a-z]+_)?campaign_?id') }} as campaign_id_param,
        loaded_at
    from source

)

select * from renamed
