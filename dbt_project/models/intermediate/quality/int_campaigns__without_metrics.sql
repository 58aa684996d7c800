-- Active, synced campaigns without metrics on their last complete day.

with

without_metrics as (

    select
        accounts.workspace_id,
        campaigns.platform,
        campaigns.account_id,
        campaigns.campaign_id,
        accounts.today - 1 as date
    from {{ ref('int_accounts') }} as accounts
    inner join {{ ref('stg_adsync__sync_state') }} as sync_state
        on
            accounts.platform = sync_state.platform
            and accounts.account_id = sync_state.account_id
            and sync_state.stream = 'campaign_metrics'
            and sync_state.last_success_at is not null
            and accounts.today - 1 between sync_state.covered_from and sync_state.covered_through
    inner join {{ ref('int_campaigns') }} as campaigns
        on
            accounts.platform = campaigns.platform
            and accounts.account_id = campaigns.account_id
            and campaigns.status = 'active'
    left join {{ ref('int_ad_metrics') }} as metrics
        on
            campaigns.platform = metrics.platform
            and campaigns.account_id = metrics.account_id
            and campaigns.campaign_id = metrics.campaign_id
            and metrics.date = accounts.today - 1
    where
        metrics.campaign_id is null
        and coalesce(
            {{ local_date('coalesce(campaigns.started_at, campaigns.created_at)', 'accounts.timezone') }}
            < accounts.today,
            true
        )
        and coalesce({{ local_date('campaigns.stopped_at', 'accounts.timezone') }} >= accounts.today - 1, true)

)

select * from without_metrics
