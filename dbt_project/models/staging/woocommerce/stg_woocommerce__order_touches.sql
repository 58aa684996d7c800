-- At most one touch: the last non-direct source of the browser's session. Its values are written by the browser; some
-- shops have the campaign only in the URL on which the session began.

with

source as (

    select
        account_id,
        record_key as order_id,
        payload,
        loaded_at
    from {{ source('woocommerce', 'orders') }}

),

-- Of duplicate keys the highest id is valid; it is last, so it remains in the object.
with_tags as (

    select
        source.*,
        tags.session,
        tags.others
    from source
    -- Lateral: the macro refers to the order's row.
    cross join lateral (  -- noqa: ST05
        select
            jsonb_object_agg(split_part(entries.key, 'attribution_', 2), entries.value order by entries.id)
            filter (where entries.value <> '' and entries.key like '\_wc\_order\_attribution\_%') as session,
            jsonb_object_agg(ltrim(entries.key, '_'), entries.value order by entries.id)
            filter (where entries.value <> '' and entries.key not like '\_wc\_order\_attribution\_%') as others
        from {{ json_entries("source.payload -> 'meta_data'") }} as entries
    ) as tags

),

-- Without a session time, values of tracking plugins fill the gaps; neither has a time.
parsed as (

    select
        *,
        {{ as_utc_instant("(session ->> 'session_start_time')") }} as started_at,
        case
            when {{ as_utc_instant("(session ->> 'session_start_time')") }} is not null then session
            else coalesce(others, '{}') || coalesce(session, '{}')
        end as tags
    from with_tags

),

with_query as (

    select
        parsed.*,
        link.query,
        link.names
    from parsed
    -- Lateral: the macro refers to the session's row.
    cross join lateral (  -- noqa: ST05
        {{ query_string("parsed.tags ->> 'session_entry'") }}
    ) as link

),

renamed as (

    select
        account_id,
        order_id,
        order_id || case when started_at is null then ':utm' else ':session' end as touch_id,
        case when started_at is null then 'order_utm' else 'visit' end as kind,
        coalesce(started_at, {{ as_utc_instant("(payload ->> 'date_created_gmt')") }}, loaded_at) as touched_at,
        coalesce(
            tags ->> 'session_entry',
            '?ttclid=' || (tags ->> 'ttclid'),
            '?gclid=' || (tags ->> 'gclid'),
            '?fbclid=' || (tags ->> 'fbclid')
        ) as landing_url,
        tags ->> 'referrer' as referrer,
        case tags ->> 'source_type' when 'typein' then 'direct' else tags ->> 'source_type' end as channel,
        {{ woocommerce_utm('utm_source') }} as utm_source,
        {{ woocommerce_utm('utm_medium') }} as utm_medium,
        {{ woocommerce_utm('utm_campaign') }} as utm_campaign,
        {{ woocommerce_utm('utm_content') }} as utm_content,
        {{ woocommerce_utm('utm_term') }} as utm_term,
        {{ woocommerce_utm('utm_id') }} as utm_id,
        {{ campaign_id_parameter() }} as campaign_id_param,
        cast(null as jsonb) as unreadable,
        loaded_at
    from with_query

),

with_utm as (

    select * from renamed
    where kind = 'visit' or num_nonnulls(utm_source, utm_medium, utm_campaign, utm_content, utm_term, utm_id) > 0

)

select * from with_utm
