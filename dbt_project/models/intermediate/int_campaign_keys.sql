-- What a UTM value may say to mean a campaign. A key of several campaigns is kept: ambiguity is an answer too.

with

campaigns as (

    select * from {{ ref('int_campaigns') }}

),

names as (

    select * from {{ ref('int_campaign_names') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

keys as (

    select
        platform,
        account_id,
        campaign_id,
        'id' as kind,
        {{ normalised('campaign_id') }} as key
    from campaigns
    union all
    select
        platform,
        account_id,
        campaign_id,
        'name' as kind,
        {{ normalised('name') }} as key
    from names

),

scoped as (

    select
        accounts.workspace_id,
        scopes.scope,
        keys.kind,
        keys.key,
        count(distinct row(keys.platform, keys.account_id, keys.campaign_id)) as campaigns,
        min(keys.platform) as platform,
        min(keys.account_id) as account_id,
        min(keys.campaign_id) as campaign_id
    from keys
    inner join accounts on keys.platform = accounts.platform and keys.account_id = accounts.account_id
    cross join lateral (values (keys.platform), ('any')) as scopes (scope)
    where keys.key is not null
    group by accounts.workspace_id, scopes.scope, keys.kind, keys.key

)

select * from scoped
