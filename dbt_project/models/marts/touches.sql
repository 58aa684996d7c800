-- Every visit that led to an order, and the campaign it came from, or why none is known.

with

settings as (

    select * from {{ ref('int_attribution_settings') }}

),

changed_orders as (

    {{ changed_orders(ref('int_attribution_settings')) }}

),

touches as (

    select
        settings.workspace_id,
        changed_orders.store_platform,
        changed_orders.store_id,
        changed_orders.order_id,
        touches.touch_id,
        touches.kind,
        touches.touched_at as event_time,
        touches.utm_source,
        touches.utm_medium,
        touches.utm_campaign,
        touches.utm_content,
        touches.utm_term,
        touches.utm_id,
        touches.click_id_type,
        touches.referrer,
        touches.landing_host,
        touches.source_words,
        touches.utm_id_key,
        touches.campaign_id_key,
        touches.campaign_key,
        touches.campaign_key_spaced,
        touches.reason_if_unmatched,
        settings.settings_key,
        case when settings.workspace_id is not null then touches.updated_at end as updated_at
    from changed_orders
    left join {{ ref('int_touches') }} as touches
        on
            changed_orders.store_platform = touches.store_platform
            and changed_orders.store_id = touches.store_id
            and changed_orders.order_id = touches.order_id
    left join settings
        on changed_orders.store_platform = settings.platform and changed_orders.store_id = settings.account_id

),

-- A word of utm_source names its platform; the longest word wins.
source_platforms as (

    select distinct on (sources.source_words)
        sources.source_words,
        known.platform
    from (select distinct source_words from touches) as sources
    inner join {{ ref('utm_sources') }} as known
        on known.kind = 'source' and ' ' || sources.source_words || ' ' like '% ' || known.token || ' %'
    order by sources.source_words asc, length(known.token) desc, known.platform asc

),

-- A paid click's own id says more than utm_source; an id that organic links carry too says less.
told as (

    select
        touches.*,
        coalesce(
            case when clicked.kind = 'click_id' then clicked.platform end,
            source_platforms.platform,
            clicked.platform
        ) as told_platform
    from touches
    left join source_platforms on touches.source_words = source_platforms.source_words
    left join {{ ref('utm_sources') }} as clicked
        on touches.click_id_type = clicked.token and clicked.kind <> 'source'

),

linked as (

    select
        *,
        cast(jsonb_build_array(
            workspace_id, told_platform, utm_id_key, campaign_id_key, campaign_key, campaign_key_spaced
        ) as text) as link
    from told

),

-- The first lookup that knows a key decides, also when it knows several campaigns by it; few links bring many touches.
hits as (

    select
        links.link,
        hit.campaigns,
        hit.match_rule,
        hit.platform,
        hit.account_id,
        hit.campaign_id
    from (select distinct
        link,
        workspace_id,
        told_platform,
        utm_id_key,
        campaign_id_key,
        campaign_key,
        campaign_key_spaced
    from linked) as links
    cross join lateral (
        select
            keys.campaigns,
            lookups.match_rule,
            keys.platform,
            keys.account_id,
            keys.campaign_id
        from (
            values
            (1, 'utm_id', 'id', links.utm_id_key, links.told_platform),
            (2, 'utm_id', 'id', links.utm_id_key, 'any'),
            (3, 'utm_campaign_id', 'id', links.campaign_key, links.told_platform),
            (4, 'utm_campaign_id', 'id', links.campaign_key, 'any'),
            (5, 'campaign_id_param', 'id', links.campaign_id_key, links.told_platform),
            (6, 'campaign_id_param', 'id', links.campaign_id_key, 'any'),
            (7, 'name_in_platform', 'name', links.campaign_key, links.told_platform),
            (8, 'name_in_platform', 'name', links.campaign_key_spaced, links.told_platform),
            (9, 'name_unique', 'name', links.campaign_key, 'any'),
            (10, 'name_unique', 'name', links.campaign_key_spaced, 'any')
        ) as lookups (position, match_rule, kind, key, scope)
        inner join {{ ref('int_campaign_keys') }} as keys
            on
                links.workspace_id = keys.workspace_id
                and lookups.scope = keys.scope
                and lookups.kind = keys.kind
                and lookups.key = keys.key
        order by lookups.position
        limit 1
    ) as hit

),

matched as (

    select
        linked.*,
        hits.campaigns,
        hits.match_rule,
        hits.platform,
        hits.account_id,
        hits.campaign_id
    from linked
    left join hits on linked.link = hits.link

),

concluded as (

    select
        workspace_id,
        store_platform,
        store_id,
        order_id,
        touch_id,
        kind,
        event_time,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,
        utm_id,
        click_id_type,
        referrer,
        landing_host,
        case when campaigns = 1 then platform end as platform,
        case when campaigns = 1 then account_id end as account_id,
        case when campaigns = 1 then campaign_id end as campaign_id,
        case when campaigns = 1 then match_rule end as match_rule,
        case
            when campaigns = 1 then null
            when campaigns > 1 then 'ambiguous_name'
            when reason_if_unmatched = 'no_utm' and told_platform is not null then 'platform_only'
            else reason_if_unmatched
        end as unmatched_reason,
        settings_key,
        updated_at
    from matched

),

kept as (

    select * from concluded
    where {{ kept_here() }}

)

select * from kept
