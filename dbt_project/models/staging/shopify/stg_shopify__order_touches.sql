-- An order without any visit still has its own UTM attributes: they stand for one, in the form of a query string.

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

visits as (

    select
        source.account_id,
        source.order_id,
        visits.visit,
        source.loaded_at
    from source
    cross join lateral (
        select distinct on (listed.visit ->> 'id') listed.visit
        from (
            select jsonb_array_elements({{ array_or_empty("source.journey #> '{moments,nodes}'") }}) as visit
            union all
            select source.journey -> 'firstVisit'
            union all
            select source.journey -> 'lastVisit'
        ) as listed
        where listed.visit ->> 'id' is not null
    ) as visits

),

attributes as (

    select
        source.account_id,
        source.order_id,
        '?' || string_agg(
            (pairs.pair ->> 'key') || '=' || replace(replace(pairs.pair ->> 'value', '&', '%26'), '#', '%23'), '&'
        ) as query,
        source.payload ->> 'createdAt' as occurred_at,
        source.loaded_at
    from source
    cross join lateral jsonb_array_elements({{ array_or_empty("source.payload -> 'customAttributes'") }}) as pairs (pair)
    where
        source.journey #> '{moments,nodes,0}' is null
        and source.journey ->> 'firstVisit' is null
        and source.journey ->> 'lastVisit' is null
        and pairs.pair ->> 'key' not in ('landing_page', 'referrer')
    group by source.account_id, source.order_id, source.payload, source.loaded_at
    having bool_or(pairs.pair ->> 'key' like 'utm\_%')

),

touches as (

    select
        account_id,
        order_id,
        visit ->> 'id' as touch_id,
        'visit' as kind,
        cast(visit ->> 'occurredAt' as timestamptz) as touched_at,
        visit ->> 'landingPage' as landing_url,
        visit ->> 'referrerUrl' as referrer,
        visit ->> 'source' as channel,
        nullif(visit -> 'utmParameters', 'null') as utm,
        loaded_at
    from visits
    union all
    select
        account_id,
        order_id,
        order_id || ':utm' as touch_id,
        'order_utm' as kind,
        cast(occurred_at as timestamptz) as touched_at,
        query as landing_url,
        cast(null as text) as referrer,
        cast(null as text) as channel,
        cast(null as jsonb) as utm,
        loaded_at
    from attributes

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
        {{ utm_parameter('utm', 'landing_url', 'source') }} as utm_source,
        {{ utm_parameter('utm', 'landing_url', 'medium') }} as utm_medium,
        {{ utm_parameter('utm', 'landing_url', 'campaign') }} as utm_campaign,
        {{ utm_parameter('utm', 'landing_url', 'content') }} as utm_content,
        {{ utm_parameter('utm', 'landing_url', 'term') }} as utm_term,
        {{ query_value('landing_url', 'utm_id') }} as utm_id,
        {{ query_value('landing_url', '(?:[a-z]+_)?campaign_?id') }} as campaign_id_param,
        loaded_at
    from touches

)

select * from renamed
