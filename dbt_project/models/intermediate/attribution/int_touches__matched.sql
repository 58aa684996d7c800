-- The campaign that each touch's link matches, or the reason why none does, and the order that a click's key names.

with

changed_records as (

    {{ changed_touch_records() }}

),

touches as (

    select
        changed_records.recorded_by,
        changed_records.record_key,
        settings.workspace_id,
        coalesce(touches.store_platform, named_order.store_platform) as store_platform,
        coalesce(touches.store_id, named_order.store_id) as store_id,
        coalesce(touches.order_id, named_order.order_id) as order_id,
        touches.touch_id,
        touches.kind,
        touches.touched_at as event_time,
        touches.visitor_hash,
        touches.order_key,
        touches.click_id_type,
        touches.source_words,
        touches.referrer_words,
        touches.link,
        touches.override_key,
        touches.utm_id_key,
        touches.campaign_id_key,
        touches.campaign_key,
        touches.campaign_key_spaced,
        touches.ids,
        touches.reason_if_unmatched,
        greatest(touches.updated_at, named_order.updated_at) as updated_at
    from changed_records
    inner join {{ ref('int_settings__matching') }} as settings on changed_records.recorded_by = settings.recorded_by
    inner join {{ ref('int_touches__parsed') }} as touches on changed_records.record_key = touches.record_key
    -- Lateral: the macro refers to the order's row.
    left join lateral (  -- noqa: ST05
        {{ order_with_key('settings.workspace_id', 'touches.order_key') }}
    ) as named_order on true

),

-- A token within utm_source or the referrer's host names the platform; the longest token wins.
source_platforms as (

    select distinct on (sources.source_words)
        sources.source_words,
        tokens.platform
    from (select distinct unnest(array[source_words, referrer_words]) as source_words from touches) as sources
    inner join {{ source_tokens() }} as tokens
        on strpos(' ' || sources.source_words || ' ', ' ' || tokens.token || ' ') > 0
    order by sources.source_words asc, length(tokens.token) desc, tokens.platform asc

),

-- Precedence: click ids of paid clicks, utm_source, click ids that organic links carry too, the referrer.
with_platform_hint as (

    select
        touches.*,
        source_platforms.platform as source_platform,
        coalesce(
            case when clicked.kind = 'click_id' then clicked.platform end,
            source_platforms.platform, clicked.platform, referring.platform
        ) as told_platform
    from touches
    left join source_platforms on touches.source_words = source_platforms.source_words
    left join source_platforms as referring on touches.referrer_words = referring.source_words
    left join {{ ref('utm_sources') }} as clicked
        on touches.click_id_type = clicked.token and clicked.kind <> 'source'

),

with_link as (

    select
        *,
        workspace_id || ' ' || coalesce(told_platform, '-') || ' ' || link as workspace_link
    from with_platform_hint

),

-- The campaigns that each link may match.
possible_matches as (

    select
        links.workspace_link,
        lookups.position,
        lookups.match_rule,
        keys.platform,
        keys.account_id,
        keys.campaign_id,
        keys.valid_from,
        min(lookups.position) filter (where keys.valid_from is null) over link as certain_at
    from (
        {{ distinct_links('with_link') }}
    ) as links
    cross join
        lateral (
            {{ match_steps('links') }}
        ) as lookups
    inner join {{ ref('int_campaigns__match_keys') }} as keys
        on
            links.workspace_id = keys.workspace_id
            and lookups.scope = keys.scope
            and lookups.kind = keys.kind
            and lookups.key = keys.key
    window link as (partition by links.workspace_link)

),

-- A key that is valid at all times takes precedence over all later ones.
candidates as (

    select
        *,
        count(*) over (partition by workspace_link) as among
    from possible_matches
    where position <= coalesce(certain_at, position)

),

moments as (

    select distinct
        workspace_link,
        event_time
    from with_link
    where
        workspace_link in (
            select candidates.workspace_link from candidates
            where candidates.among > 1 or candidates.valid_from is not null
        )

),

-- Where several campaigns have the name, or have it only since a rename, the time of the touch decides.
ambiguous as (

    select
        contenders.workspace_link,
        contenders.event_time,
        {{ value_if_unique('contenders.platform') }} as platform,
        {{ value_if_unique('contenders.account_id') }} as account_id,
        {{ value_if_unique('contenders.campaign_id') }} as campaign_id,
        case when count(*) > 1 then 'name_with_spend' else min(contenders.match_rule) end as match_rule,
        max(contenders.spend_changed_at) filter (where contenders.is_one_of_several) as spend_changed_at,
        {{ as_json_list('contenders') }} filter (where contenders.is_one_of_several) as contenders
    from (
        {{ ambiguous_campaigns_at('moments') }}
    ) as contenders
    group by contenders.workspace_link, contenders.event_time

),

matched as (

    select
        with_link.*,
        coalesce(certain.platform, ambiguous.platform) as platform,
        coalesce(certain.account_id, ambiguous.account_id) as account_id,
        coalesce(certain.campaign_id, ambiguous.campaign_id) as campaign_id,
        coalesce(certain.match_rule, ambiguous.match_rule) as match_rule,
        ambiguous.contenders,
        ambiguous.spend_changed_at
    from with_link
    left join candidates as certain
        on with_link.workspace_link = certain.workspace_link and certain.among = 1 and certain.valid_from is null
    left join ambiguous
        on with_link.workspace_link = ambiguous.workspace_link and with_link.event_time = ambiguous.event_time

),

classified as (

    select
        recorded_by,
        record_key,
        touch_id,
        workspace_id,
        store_platform,
        store_id,
        order_id,
        kind,
        event_time,
        visitor_hash,
        order_key,
        told_platform,
        platform,
        account_id,
        campaign_id,
        case when campaign_id is not null then match_rule end as match_rule,
        case
            when campaign_id is not null then null
            when contenders is not null then 'ambiguous_name'
            when reason_if_unmatched = 'no_utm' and told_platform is not null then 'platform_only'
            else reason_if_unmatched
        end as unmatched_reason,
        campaign_id is not null as is_matched,
        contenders is not null as is_contested,
        contenders,
        source_platform <> platform as source_conflict,
        greatest(updated_at, spend_changed_at) as updated_at
    from matched

)

select * from classified
