-- Touches of every store, decoded and brought into the form in which campaigns are looked up.

with

changed_orders as (

    select
        staged.platform as store_platform,
        staged.account_id as store_id,
        staged.order_id
    from (
        {{ union_staged('stores', 'orders', ['account_id', 'order_id', 'loaded_at']) }}
    ) as staged
    where {{ unseen(
        'staged', {'store_platform': 'platform', 'store_id': 'account_id', 'order_id': 'order_id'}, version='loaded_at'
    ) }}

),

-- Materialized, here and below: else each use of a decoded value would decode it again.
touches as materialized (

    select
        changed_orders.*,
        staged.touch_id,
        staged.kind,
        staged.touched_at,
        staged.landing_url,
        staged.referrer,
        staged.channel,
        {{ percent_decoded('staged.utm_source') }} as utm_source,
        {{ percent_decoded('staged.utm_medium') }} as utm_medium,
        {{ percent_decoded('staged.utm_campaign') }} as utm_campaign,
        -- A plus may be part of a name, or a space.
        {{ percent_decoded("replace(staged.utm_campaign, '+', ' ')") }} as utm_campaign_spaced,
        {{ percent_decoded('staged.utm_content') }} as utm_content,
        {{ percent_decoded('staged.utm_term') }} as utm_term,
        {{ percent_decoded('staged.utm_id') }} as utm_id,
        {{ percent_decoded('staged.campaign_id_param') }} as campaign_id_param,
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

),

-- Links that were encoded, then encoded again.
decoded as materialized (

    select
        store_platform,
        store_id,
        order_id,
        touch_id,
        kind,
        touched_at,
        {{ host('landing_url') }} as landing_host,
        referrer,
        lower(substring(landing_url from '(?i)[?&](ttclid|sccid|gclid|fbclid)=[^&#]')) as click_id_type,
        coalesce({{ is_direct('channel') }}, channel is null and referrer is null) as is_direct_channel,
        {{ percent_decoded('utm_source') }} as utm_source,
        {{ percent_decoded('utm_medium') }} as utm_medium,
        {{ percent_decoded('utm_campaign') }} as utm_campaign,
        {{ percent_decoded('utm_campaign_spaced') }} as utm_campaign_spaced,
        {{ percent_decoded('utm_content') }} as utm_content,
        {{ percent_decoded('utm_term') }} as utm_term,
        {{ percent_decoded('utm_id') }} as utm_id,
        {{ percent_decoded('campaign_id_param') }} as campaign_id_param,
        updated_at
    from touches

),

keyed as materialized (

    select
        *,
        {{ words('utm_source') }} as source_words,
        {{ lookup_key('utm_id') }} as utm_id_key,
        {{ lookup_key('campaign_id_param') }} as campaign_id_key,
        {{ lookup_key('utm_campaign') }} as campaign_key,
        {{ lookup_key('utm_campaign_spaced') }} as campaign_key_spaced
    from decoded

),

judged as (

    select
        *,
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

    select * from judged
    where {{ kept_here() }}

)

select * from kept
