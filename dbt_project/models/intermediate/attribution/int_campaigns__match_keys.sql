-- The keys by which UTM values match campaigns. Several campaigns may share a key; matching then reports it as
-- ambiguous.

with

campaigns as (

    select
        accounts.workspace_id,
        campaigns.platform,
        campaigns.account_id,
        campaigns.campaign_id
    from {{ ref('int_campaigns') }} as campaigns
    inner join {{ ref('int_accounts') }} as accounts
        on campaigns.platform = accounts.platform and campaigns.account_id = accounts.account_id

),

-- Some names are pasted from links; touches are decoded too.
decoded_names as (

    select
        *,
        {{ decoded_label('name') }} as plain
    from {{ ref('int_campaign_names') }}

),

decoded_overrides as (

    select
        *,
        {{ decoded_label('utm_campaign') }} as plain
    from {{ ref('utm_overrides') }}

),

names as (

    select
        campaigns.*,
        {{ normalized('names.plain') }} as key,
        -- A rename is observed at the next sync, up to a day later.
        names.began_at - interval '1 day' as valid_from
    from decoded_names as names
    inner join campaigns
        on
            names.platform = campaigns.platform
            and names.account_id = campaigns.account_id
            and names.campaign_id = campaigns.campaign_id

),

-- A link is matched within the platform that it points to, and within 'any'.
keys as (

    select
        *,
        array[platform, 'any'] as scopes,
        'id' as kind,
        {{ normalized('campaign_id') }} as key,
        cast(null as timestamptz) as valid_from
    from campaigns
    union all
    select
        campaigns.*,
        array[ads.platform, 'any'] as scopes,
        'child' as kind,
        {{ normalized('ads.child_id') }} as key,
        null as valid_from
    from {{ ref('int_ads') }} as ads
    inner join campaigns
        on
            ads.platform = campaigns.platform
            and ads.account_id = campaigns.account_id
            and ads.campaign_id = campaigns.campaign_id
    union all
    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        array[platform, 'any'] as scopes,
        'name' as kind,
        key,
        valid_from
    from names
    union all
    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        array[platform] as scopes,
        'loose' as kind,
        {{ fuzzy_key('key') }} as key,
        valid_from
    from names
    union all
    select
        campaigns.*,
        array[coalesce(overrides.platform, 'any')] as scopes,
        'override' as kind,
        {{ normalized('overrides.plain') }} as key,
        null as valid_from
    from decoded_overrides as overrides
    inner join campaigns
        on
            overrides.workspace_id = campaigns.workspace_id
            and lower(trim(overrides.campaign_id)) = campaigns.campaign_id

),

scoped as (

    select
        keys.workspace_id,
        scopes.scope,
        keys.kind,
        keys.key,
        keys.platform,
        keys.account_id,
        keys.campaign_id,
        -- Two names of a campaign may have one key: it is valid from the earlier one on.
        case when bool_and(keys.valid_from is not null) then min(keys.valid_from) end as valid_from
    from keys
    cross join lateral unnest(keys.scopes) as scopes (scope)
    where keys.key is not null
    group by
        keys.workspace_id, scopes.scope, keys.kind, keys.key, keys.platform, keys.account_id, keys.campaign_id

)

select * from scoped
