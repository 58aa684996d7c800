-- Everything outside an order that decides where it goes, as one fingerprint per store.

with

stores as (

    select * from {{ ref('int_store_settings') }}

),

catalogues as (

    select
        workspace_id,
        md5(string_agg(
            cast((scope, kind, key, campaigns, platform, account_id, campaign_id) as text), ';'
            order by scope, kind, key
        )) as version
    from {{ ref('int_campaign_keys') }}
    group by workspace_id

),

zones as (

    select
        workspace_id,
        string_agg(account_id || timezone, ';' order by platform, account_id) as version
    from {{ ref('int_accounts') }}
    where kind = 'ad_account'
    group by workspace_id

),

sources as (

    select md5(string_agg(cast(utm_sources as text), ';' order by token)) as version
    from {{ ref('utm_sources') }} as utm_sources

),

settings as (

    select
        stores.platform,
        stores.account_id,
        stores.workspace_id,
        stores.window_days,
        md5(cast(jsonb_build_array(
            stores.money_key,
            stores.window_days,
            catalogues.version,
            zones.version,
            sources.version,
            {{ var('adsync_rule_version') }}
        ) as text)) as settings_key
    from stores
    left join catalogues on stores.workspace_id = catalogues.workspace_id
    left join zones on stores.workspace_id = zones.workspace_id
    cross join sources

)

select * from settings
