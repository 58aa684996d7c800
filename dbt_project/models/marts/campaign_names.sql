-- Names of campaigns and the days on which they were reported.

with

accounts as (

    select * from {{ ref('int_accounts') }}

),

names as (

    select
        accounts.workspace_id,
        names.platform,
        names.account_id,
        names.campaign_id,
        names.name,
        names.first_seen,
        names.last_seen,
        names.began_at,
        names.is_current
    from {{ ref('int_campaign_names') }} as names
    inner join accounts on names.platform = accounts.platform and names.account_id = accounts.account_id

)

select * from names
