-- For an order whose visits name no campaign, its own UTM attributes form one touch, as a query string: headless shops
-- have the checkout as their only visit.

with

source as (

    select
        account_id,
        record_key as order_id,
        payload,
        payload -> 'customerJourneySummary' as journey,
        loaded_at
    from {{ source('shopify', 'orders') }}

),

touches as (

    select
        source.account_id,
        source.order_id,
        touches.kind,
        touches.visit,
        source.payload,
        source.loaded_at
    from source
    cross join lateral (
        (
            select distinct on (visits.visit ->> 'id')
                'visit' as kind,
                visits.visit
            from (
                select jsonb_array_elements({{ array_or_empty("source.journey #> '{moments,nodes}'") }}) as visit
                union all
                select source.journey -> 'firstVisit'
                union all
                select source.journey -> 'lastVisit'
            ) as visits
            where visits.visit ->> 'id' is not null
        )
        union all
        select
            'order_utm' as kind,
            jsonb_build_object(
                'id', source.order_id || ':utm',
                'occurredAt', source.payload -> 'createdAt',
                'landingPage', concat_ws(
                    '&',
                    '?' || string_agg(
                        {{ as_query_parameter("ltrim(pairs.pair ->> 'key', '_')", "pairs.pair ->> 'value'") }}, '&'
                    ) filter (where pairs.pair ->> 'key' !~* '^(landing_page|referrer)$'),
                    min(pairs.pair ->> 'value') filter (where pairs.pair ->> 'key' ~* '^landing_page$')
                ),
                'referrerUrl', min(pairs.pair ->> 'value') filter (where pairs.pair ->> 'key' ~* '^referrer$')
            ) as visit
        from jsonb_array_elements({{ array_or_empty("source.payload -> 'customAttributes'") }}) as pairs (pair)
        where not {{ shopify_visit_names_campaign('source.journey') }}
        having bool_or(pairs.pair ->> 'key' ~* '^_*utm_' or pairs.pair ->> 'value' ~* '[?&#]utm_')
    ) as touches

),

parsed as (

    select
        touches.account_id,
        touches.order_id,
        {{ as_label("visit ->> 'id'", 100) }} as touch_id,
        -- A visit without a readable time has none.
        case when fields.touched_at is null then 'order_utm' else touches.kind end as kind,
        coalesce(fields.touched_at, {{ as_instant("(payload ->> 'createdAt')") }}, touches.loaded_at) as touched_at,
        touches.visit ->> 'landingPage' as landing_url,
        touches.visit ->> 'referrerUrl' as referrer,
        touches.visit ->> 'source' as channel,
        case
            when jsonb_typeof(touches.visit -> 'utmParameters') = 'object' then touches.visit -> 'utmParameters'
        end as utm,
        case when kind = 'visit' then fields.unreadable end as unreadable,
        touches.loaded_at
    from touches
    cross join {{ fields_of('visit', {'touched_at': ['instant', 'occurredAt']}, required=['touched_at']) }} as fields

),

with_query as (

    select
        parsed.*,
        link.query,
        link.names
    from parsed
    -- Lateral: the macro refers to the visit's row.
    cross join lateral (  -- noqa: ST05
        {{ query_string('parsed.landing_url') }}
    ) as link

),

renamed as (

    select
        account_id,
        order_id,
        touch_id,
        kind,
        touched_at,
        landing_url,
        referrer,
        channel,
        {{ utm_parameter('utm', 'source') }} as utm_source,
        {{ utm_parameter('utm', 'medium') }} as utm_medium,
        {{ utm_parameter('utm', 'campaign') }} as utm_campaign,
        {{ utm_parameter('utm', 'content') }} as utm_content,
        {{ utm_parameter('utm', 'term') }} as utm_term,
        {{ query_parameter('utm_id') }} as utm_id,
        {{ campaign_id_parameter() }} as campaign_id_param,
        unreadable,
        loaded_at
    from with_query

)

select * from renamed
