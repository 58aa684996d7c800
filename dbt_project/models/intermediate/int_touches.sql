-- Touches of every store and click log, decoded and brought into the form in which campaigns are looked up.

with

staged_orders as (

    select
        platform as store_platform,
        account_id as store_id,
        order_id,
        {{ record_key('platform', 'account_id', 'order_id') }} as record_key,
        loaded_at
    from (
        {{ union_staged('stores', 'orders', ['account_id', 'order_id', 'loaded_at']) }}
    ) as orders

),

staged_clicks as (

    select
        *,
        {{ record_key("'clicks'", 'workspace_id', 'touch_id') }} as record_key
    from {{ ref('stg_adsync__clicks') }}

),

changed_orders as (

    select staged.*
    from staged_orders as staged
    where {{ unseen('staged', ['record_key'], version='loaded_at') }}

),

changed_clicks as (

    select staged.*
    from staged_clicks as staged
    where {{ unseen('staged', ['record_key'], version='loaded_at') }}

),

-- Materialized, here and below: else each use of a decoded value would decode it again.
touches as materialized (

    select
        changed_orders.record_key,
        cast(null as text) as workspace_id,
        changed_orders.store_platform,
        changed_orders.store_id,
        changed_orders.order_id,
        staged.touch_id,
        staged.kind,
        staged.touched_at,
        cast(null as text) as visitor_hash,
        cast(null as text) as order_key,
        staged.landing_url,
        staged.referrer,
        staged.channel,
        staged.utm_source,
        staged.utm_medium,
        staged.utm_campaign,
        staged.utm_content,
        staged.utm_term,
        staged.utm_id,
        staged.campaign_id_param,
        staged.loaded_at as updated_at
    from changed_orders
    left join lateral (
        select staged.*
        from (
            {{ union_staged('stores', 'order_touches', [
                'account_id', 'order_id', 'touch_id', 'kind', 'touched_at', 'landing_url', 'referrer', 'channel',
                'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term', 'utm_id', 'campaign_id_param',
                'loaded_at',
            ]) }}
        ) as staged
        where
            staged.platform = changed_orders.store_platform
            and staged.account_id = changed_orders.store_id
            and staged.order_id = changed_orders.order_id
        -- A fence: without it the planner may open the JSON of all history to join a few orders of it.
        offset 0  -- noqa: AM09
    ) as staged on true
    union all
    select
        record_key,
        workspace_id,
        null as store_platform,
        null as store_id,
        null as order_id,
        touch_id,
        'click' as kind,
        touched_at,
        visitor_hash,
        order_key,
        landing_url,
        referrer,
        null as channel,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,
        utm_id,
        campaign_id_param,
        loaded_at as updated_at
    from changed_clicks

),

decoded_once as materialized (

    select
        *,
        {{ percent_decoded('utm_source') }} as source_once,
        {{ percent_decoded('utm_medium') }} as medium_once,
        {{ percent_decoded('utm_campaign') }} as campaign_once,
        -- A plus may be part of a name, or a space.
        {{ percent_decoded("replace(utm_campaign, '+', ' ')") }} as campaign_spaced_once,
        {{ percent_decoded('utm_content') }} as content_once,
        {{ percent_decoded('utm_term') }} as term_once,
        {{ percent_decoded('utm_id') }} as id_once,
        {{ percent_decoded('campaign_id_param') }} as campaign_id_once,
        {{ percent_decoded(query_value('landing_url', '(?:ad|ad_?set|ad_?group|ad_?squad)_?id')) }} as child_id_param
    from touches

),

-- Links that were encoded, then encoded again.
decoded as materialized (

    select
        record_key,
        workspace_id,
        store_platform,
        store_id,
        order_id,
        touch_id,
        kind,
        touched_at,
        visitor_hash,
        order_key,
        {{ host('landing_url') }} as landing_host,
        referrer,
        -- Organic links carry Facebook's too, beside the one of the click that was paid for.
        lower(coalesce(
            substring(landing_url from '(?i)[?&](ttclid|sccid|gclid|gbraid|wbraid)=[^&#]'),
            substring(landing_url from '(?i)[?&](fbclid)=[^&#]')
        )) as click_id_type,
        coalesce({{ is_direct('channel') }}, channel is null and referrer is null) as is_direct_channel,
        {{ percent_decoded('source_once') }} as utm_source,
        {{ percent_decoded('medium_once') }} as utm_medium,
        {{ percent_decoded('campaign_once') }} as utm_campaign,
        {{ percent_decoded('campaign_spaced_once') }} as utm_campaign_spaced,
        {{ percent_decoded('content_once') }} as utm_content,
        {{ percent_decoded('term_once') }} as utm_term,
        {{ percent_decoded('id_once') }} as utm_id,
        {{ percent_decoded('campaign_id_once') }} as campaign_id_param,
        child_id_param,
        updated_at
    from decoded_once

),

keyed as materialized (

    select
        *,
        {{ words('utm_source') }} as source_words,
        {{ referring_words('referrer', 'landing_host') }} as referrer_words,
        {{ normalised('utm_campaign') }} as override_key,
        {{ lookup_key('utm_id') }} as utm_id_key,
        {{ lookup_key('campaign_id_param') }} as campaign_id_key,
        {{ lookup_key('utm_campaign') }} as campaign_key,
        {{ lookup_key('utm_campaign_spaced') }} as campaign_key_spaced,
        {{ lookup_key('utm_content') }} as content_key,
        {{ lookup_key('utm_term') }} as term_key,
        {{ lookup_key('child_id_param') }} as child_id_key
    from decoded

),

judged as (

    select
        *,
        {{ ids_within([
            'utm_id_key', 'campaign_key', 'campaign_id_key', 'child_id_key', 'content_key', 'term_key',
        ]) }} as ids,
        case
            when
                {{ is_damaged_id('utm_id') }}
                or {{ is_damaged_id('utm_campaign') }}
                or {{ is_damaged_id('campaign_id_param') }}
                then 'damaged_id'
            when coalesce(utm_id_key, campaign_id_key, campaign_key) is not null then 'unknown_campaign'
            when
                {{ is_placeholder('utm_id') }}
                or {{ is_placeholder('utm_campaign') }}
                or {{ is_placeholder('campaign_id_param') }}
                then 'macro_unexpanded'
            when {{ is_direct('utm_source') }} or {{ is_direct('utm_campaign') }} then 'direct'
            when utm_source is null and click_id_type is null and is_direct_channel then 'direct'
            else 'no_utm'
        end as reason_if_unmatched
    from keyed

),

kept as (

    select
        *,
        md5(cast((override_key, utm_id_key, campaign_id_key, campaign_key, campaign_key_spaced, ids) as text)) as link
    from judged
    where {{ kept_here() }}

)

select * from kept
