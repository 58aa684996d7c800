with

source as (

    select * from {{ source('raw', 'clicks') }}

),

with_query as (

    select
        source.*,
        link.query,
        link.names
    from source
    -- Lateral: the macro refers to the click's row.
    cross join lateral (  -- noqa: ST05
        {{ query_string('source.url') }}
    ) as link

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
        {{ query_parameter('utm_source') }} as utm_source,
        {{ query_parameter('utm_medium') }} as utm_medium,
        {{ query_parameter('utm_campaign') }} as utm_campaign,
        {{ query_parameter('utm_content') }} as utm_content,
        {{ query_parameter('utm_term') }} as utm_term,
        {{ query_parameter('utm_id') }} as utm_id,
        {{ campaign_id_parameter() }} as campaign_id_param,
        loaded_at
    from with_query

)

select * from renamed
