-- The settings that the matching of touches depends on, as one fingerprint per store or click log.

with

accounts as (

    select * from {{ ref('int_accounts') }}

),

match_keys as (

    select
        workspace_id,
        md5(string_agg(
            cast((scope, kind, key, platform, account_id, campaign_id, valid_from) as text), ';'
            order by scope, kind, key, platform, account_id, campaign_id
        )) as version
    from {{ ref('int_campaigns__match_keys') }}
    group by workspace_id

),

flights as (

    select
        accounts.workspace_id,
        md5(string_agg(
            cast((flights.campaign_id, flights.flight_from, flights.flight_until) as text), ';'
            order by flights.platform, flights.account_id, flights.campaign_id
        )) as version
    from {{ ref('int_campaign_flights') }} as flights
    inner join accounts on flights.platform = accounts.platform and flights.account_id = accounts.account_id
    group by accounts.workspace_id

),

zones as (

    select
        accounts.workspace_id,
        string_agg(
            accounts.account_id || accounts.timezone
            || coalesce(cast({{ first_known_day('accounts') }} as text), ''), ';'
            order by accounts.platform, accounts.account_id
        ) as version
    from accounts
    where accounts.kind = 'ad_account'
    group by accounts.workspace_id

),

sources as (

    select md5(string_agg(cast(utm_sources as text), ';' order by token)) as version
    from {{ ref('utm_sources') }} as utm_sources

),

touch_origins as (

    select
        platform || ':' || account_id as recorded_by,
        workspace_id
    from accounts
    where kind = 'store'
    union all
    select
        'clicks:' || workspace_id as recorded_by,
        workspace_id
    from {{ ref('stg_adsync__workspaces') }}

),

settings as (

    select
        touch_origins.recorded_by,
        touch_origins.workspace_id,
        md5(cast(jsonb_build_array(
            touch_origins.workspace_id,
            match_keys.version,
            flights.version,
            zones.version,
            sources.version,
            {{ var('adsync_rule_version') }}
        ) as text)) as settings_key
    from touch_origins
    left join match_keys on touch_origins.workspace_id = match_keys.workspace_id
    left join flights on touch_origins.workspace_id = flights.workspace_id
    left join zones on touch_origins.workspace_id = zones.workspace_id
    cross join sources

)

select * from settings
