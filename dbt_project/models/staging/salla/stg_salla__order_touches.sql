-- UTM parameters are on the order itself, in one of several places, without a time.

with

source as (

    select
        account_id,
        record_key as order_id,
        payload,
        loaded_at
    from {{ source('salla', 'orders') }}

),

renamed as (

    select
        account_id,
        order_id,
        order_id || ':utm' as touch_id,
        'order_utm' as kind,
        coalesce({{ as_local_instant(text_at('payload', ['date.date', 'date.timezone'])) }}, loaded_at) as touched_at,
        cast(null as text) as landing_url,
        cast(null as text) as referrer,
        {{ json_text('payload', ['source_details', 'type']) }} as channel,
        {{ salla_utm('source') }} as utm_source,
        {{ salla_utm('medium') }} as utm_medium,
        coalesce(
            {{ salla_utm('campaign') }},
            -- This is the campaign's value only if the type says so.
            case
                when {{ json_text('payload', ['source_details', 'type']) }} = 'campaign'
                    then nullif({{ json_text('payload', ['source_details', 'value']) }}, '')
            end
        ) as utm_campaign,
        {{ salla_utm('content') }} as utm_content,
        {{ salla_utm('term') }} as utm_term,
        {{ salla_utm('id') }} as utm_id,
        cast(null as text) as campaign_id_param,
        cast(null as jsonb) as unreadable,
        loaded_at
    from source

),

with_utm as (

    select * from renamed
    where num_nonnulls(utm_source, utm_medium, utm_campaign, utm_content, utm_term, utm_id) > 0

)

select * from with_utm
