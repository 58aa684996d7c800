-- Which campaigns did unusually badly on their last complete day, against their own thirty days before it.

with

workspaces as (

    select * from {{ ref('stg_adsync__workspaces') }}

),

-- Only accounts whose last complete day has really been read.
judged_days as (

    select
        accounts.workspace_id,
        accounts.platform,
        accounts.account_id,
        accounts.today - 1 as date
    from {{ ref('int_accounts') }} as accounts
    inner join {{ ref('stg_adsync__sync_state') }} as sync_state
        on
            accounts.platform = sync_state.platform
            and accounts.account_id = sync_state.account_id
            and sync_state.stream = 'campaign_metrics'
            and accounts.today - 1 between sync_state.covered_from and sync_state.covered_through

),

baselines as (

    select
        judged_days.workspace_id,
        judged_days.platform,
        judged_days.account_id,
        metrics.campaign_id,
        judged_days.date,
        count(*) as days,
        avg(metrics.spend_reporting) as spend,
        avg(metrics.conversions) as conversions,
        {{ ratio('sum(metrics.revenue)', 'sum(metrics.spend)') }} as roas,
        {{ ratio('sum(metrics.clicks)', 'sum(metrics.impressions)', factor=100) }} as ctr
    from judged_days
    inner join {{ ref('campaign_metrics') }} as metrics
        on
            judged_days.platform = metrics.platform
            and judged_days.account_id = metrics.account_id
            and metrics.date between judged_days.date - 30 and judged_days.date - 1
    group by
        judged_days.workspace_id, judged_days.platform, judged_days.account_id, metrics.campaign_id, judged_days.date

),

compared as (

    select
        metrics.*,
        workspaces.roas_drop_ratio,
        workspaces.min_spend,
        workspaces.high_spend_ratio,
        workspaces.low_conversions_ratio,
        workspaces.ctr_drop_ratio,
        baselines.spend as usual_spend,
        baselines.conversions as usual_conversions,
        baselines.roas as usual_roas,
        baselines.ctr as usual_ctr
    from baselines
    inner join {{ ref('campaign_metrics') }} as metrics
        on
            baselines.platform = metrics.platform
            and baselines.account_id = metrics.account_id
            and baselines.campaign_id = metrics.campaign_id
            and baselines.date = metrics.date
    inner join workspaces on baselines.workspace_id = workspaces.workspace_id
    where baselines.days >= workspaces.min_baseline_days

),

alerts as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        'roas_drop' as type,
        'high' as severity,
        'ROAS ' || round(roas, 2) || ', usually ' || round(usual_roas, 2) as message,
        roas as current,
        usual_roas as baseline,
        roas_drop_ratio * usual_roas as threshold
    from compared
    where roas < roas_drop_ratio * usual_roas and spend_reporting > min_spend
    union all
    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        'high_spend_low_conversions' as type,
        'medium' as severity,
        'Spend ' || round(spend_reporting, 2) || ', usually ' || round(usual_spend, 2) || '; conversions '
        || round(conversions, 1) || ', usually ' || round(usual_conversions, 1) as message,
        spend_reporting as current,
        usual_spend as baseline,
        high_spend_ratio * usual_spend as threshold
    from compared
    where
        spend_reporting > high_spend_ratio * usual_spend
        and conversions < low_conversions_ratio * usual_conversions
    union all
    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        'ctr_drop' as type,
        'low' as severity,
        'CTR ' || round(ctr, 2) || ' %, usually ' || round(usual_ctr, 2) || ' %' as message,
        ctr as current,
        usual_ctr as baseline,
        ctr_drop_ratio * usual_ctr as threshold
    from compared
    where ctr < ctr_drop_ratio * usual_ctr

),

typed as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        type,
        severity,
        message,
        cast(current as numeric(18, 6)) as current,
        cast(baseline as numeric(18, 6)) as baseline,
        cast(threshold as numeric(18, 6)) as threshold
    from alerts

)

select * from typed
