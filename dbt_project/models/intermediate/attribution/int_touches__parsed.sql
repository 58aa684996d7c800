-- Touches of all stores and click logs, decoded, with the keys for matching.

with

staged_orders as (

    select
        platform as store_platform,
        account_id as store_id,
        order_id,
        {{ record_key('platform', 'account_id', 'order_id') }} as record_key,
        loaded_at
    from (
        {{ union_sources('stores', 'orders', ['account_id', 'order_id', 'loaded_at']) }}
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
    where {{ is_new_or_updated('staged', ['record_key'], version='loaded_at') }}

),

changed_clicks as (

    select staged.*
    from staged_clicks as staged
    where {{ is_new_or_updated('staged', ['record_key'], version='loaded_at') }}

),

touches as (

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
        staged.unreadable,
        staged.loaded_at as updated_at
    from changed_orders
    left join lateral (
        select staged.*
        from (
            {{ union_sources('stores', 'order_touches', [
                'account_id', 'order_id', 'touch_id', 'kind', 'touched_at', 'landing_url', 'referrer', 'channel',
                'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term', 'utm_id', 'campaign_id_param',
                'unreadable', 'loaded_at']) }}
        ) as staged
        where
            staged.platform = changed_orders.store_platform
            and staged.account_id = changed_orders.store_id
            and staged.order_id = changed_orders.order_id
        -- An optimization fence: without it the planner may parse the JSON of all history to join a few orders.
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
        null as unreadable,
        loaded_at as updated_at
    from changed_clicks

),

-- Materialized, here and below: otherwise each use of a decoded value would decode it again.
parsed as materialized (

    select
        touches.*,
        -- A plus may be a plus or a space.
        replace(touches.utm_campaign, '+', ' ') as utm_campaign_spaced,
        {{ click_id_type() }} as click_id_type,
        {{ child_id_parameter() }} as child_id_param
    from touches
    -- Lateral: the macro refers to the touch's row.
    cross join lateral (  -- noqa: ST05
        {{ query_string('landing_url') }}
    ) as link

),

-- Many links share few texts: each distinct text is decoded once.
texts as materialized (

    select distinct utm_values.text
    from parsed
    cross join
        lateral (
            values
            (parsed.utm_source), (parsed.utm_medium), (parsed.utm_campaign), (parsed.utm_campaign_spaced),
            (parsed.utm_content), (parsed.utm_term), (parsed.utm_id), (parsed.campaign_id_param),
            (parsed.child_id_param)
        ) as utm_values (text)
    where utm_values.text is not null

),

decoded as materialized (

    select
        *,
        {{ normalized('plain') }} as normal
    from (select text, {{ decoded_label('text') }} as plain from texts offset 0) as plain_texts  -- noqa: AM09

),

with_keys as materialized (

    select
        *,
        {{ parsed_forms('plain', 'normal') }}
    from decoded

),

forms as materialized (

    select
        *,
        {{ extract_ids('key') }} as ids
    from with_keys

),

keyed as (

    select
        parsed.record_key,
        parsed.workspace_id,
        parsed.store_platform,
        parsed.store_id,
        parsed.order_id,
        parsed.touch_id,
        parsed.kind,
        parsed.touched_at,
        parsed.visitor_hash,
        parsed.order_key,
        {{ url_host('parsed.landing_url') }} as landing_host,
        parsed.referrer,
        parsed.click_id_type,
        coalesce({{ is_direct('lower(trim(parsed.channel))') }}, parsed.channel is null and parsed.referrer is null)
            as is_direct_channel,
        source.plain as utm_source,
        medium.plain as utm_medium,
        campaign.plain as utm_campaign,
        content.plain as utm_content,
        term.plain as utm_term,
        id.plain as utm_id,
        source.words as source_words,
        campaign.normal as override_key,
        id.key as utm_id_key,
        param.key as campaign_id_key,
        campaign.key as campaign_key,
        spaced.key as campaign_key_spaced,
        nullif(concat_ws('|', id.ids, campaign.ids, param.ids, child.ids, content.ids, term.ids), '') as ids,
        true in (id.is_damaged, campaign.is_damaged, param.is_damaged) as is_damaged,
        true in (id.is_placeholder, campaign.is_placeholder, param.is_placeholder) as is_placeholder,
        true in (source.is_direct, campaign.is_direct) as is_direct,
        parsed.unreadable,
        parsed.updated_at
    from parsed
    left join forms as source on parsed.utm_source = source.text
    left join forms as medium on parsed.utm_medium = medium.text
    left join forms as campaign on parsed.utm_campaign = campaign.text
    left join forms as spaced on parsed.utm_campaign_spaced = spaced.text
    left join forms as content on parsed.utm_content = content.text
    left join forms as term on parsed.utm_term = term.text
    left join forms as id on parsed.utm_id = id.text
    left join forms as param on parsed.campaign_id_param = param.text
    left join forms as child on parsed.child_id_param = child.text

),

classified as (

    select
        *,
        {{ referrer_words('referrer', 'landing_host') }} as referrer_words,
        case
            when is_damaged then 'damaged_id'
            when coalesce(utm_id_key, campaign_id_key, campaign_key) is not null then 'unknown_campaign'
            when is_placeholder then 'macro_unexpanded'
            when is_direct then 'direct'
            when utm_source is null and click_id_type is null and is_direct_channel then 'direct'
            else 'no_utm'
        end as reason_if_unmatched
    from keyed

),

final as (

    select
        *,
        md5(cast((override_key, utm_id_key, campaign_id_key, campaign_key, campaign_key_spaced, ids) as text)) as link
    from classified
    where {{ keep_emptied_units() }}

)

select * from final
