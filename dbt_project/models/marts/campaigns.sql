-- Campaigns and the days on which they were seen.

with

accounts as (

    select * from {{ ref('int_accounts') }}

),

campaigns as (

    select
        accounts.workspace_id,
        campaigns.platform,
        campaigns.account_id,
        campaigns.campaign_id,
        campaigns.name,
        campaigns.status,
        campaigns.objective,
        accounts.currency,
        accounts.timezone,
        accounts.timezone <> accounts.workspace_timezone as timezone_mismatch,
        least({{ local_date('campaigns.created_at', 'accounts.timezone') }}, campaigns.first_date) as first_seen,
        campaigns.last_date as last_seen
    from {{ ref('int_campaigns') }} as campaigns
    inner join accounts on campaigns.platform = accounts.platform and campaigns.account_id = accounts.account_id

)

select * from campaigns
