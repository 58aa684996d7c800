-- The values that each alert rule compares, for every complete day: the day as known one day later, with the 30 days
-- before it at the same age.

with

accounts as (

    select
        accounts.*,
        accounts.today - 1 as last_day,
        sync_state.last_success_at
    from {{ ref('int_accounts') }} as accounts
    inner join {{ ref('stg_adsync__sync_state') }} as sync_state
        on
            accounts.platform = sync_state.platform
            and accounts.account_id = sync_state.account_id
            and sync_state.stream = 'campaign_metrics'
            and accounts.today - 1 between sync_state.covered_from and sync_state.covered_through
            -- Synced after the end of the day: compared with complete days, a partial day would always be a drop.
            and {{ local_date('sync_state.last_success_at', 'accounts.timezone') }} >= accounts.today

),

-- The last day has the age of its latest sync; earlier days are evaluated as known at an age of one day.
evaluated_days as (

    select
        metrics.workspace_id,
        metrics.platform,
        metrics.account_id,
        metrics.campaign_id,
        metrics.date,
        metrics.date = accounts.last_day as is_latest,
        accounts.timezone,
        accounts.purchase_actions,
        accounts.total_actions,
        accounts.totals_since,
        case
            when metrics.date = accounts.last_day
                then accounts.last_success_at - {{ day_end('metrics.date', 'accounts.timezone') }}
            else interval '24 hours'
        end as age,
        metrics.fx_rate,
        metrics.currency,
        metrics.impressions,
        metrics.clicks,
        metrics.spend,
        metrics.conversions,
        metrics.revenue
    from accounts
    inner join {{ ref('campaign_metrics') }} as metrics
        on
            accounts.platform = metrics.platform
            and accounts.account_id = metrics.account_id
            and accounts.last_day >= metrics.date

),

campaign_days as (

    select
        evaluated_days.workspace_id,
        evaluated_days.platform,
        evaluated_days.account_id,
        evaluated_days.campaign_id,
        evaluated_days.date,
        evaluated_days.is_latest,
        evaluated_days.timezone,
        evaluated_days.purchase_actions,
        evaluated_days.total_actions,
        evaluated_days.totals_since,
        evaluated_days.age,
        evaluated_days.fx_rate,
        evaluated_days.currency,
        case when evaluated_days.is_latest then evaluated_days.impressions else as_known.impressions end as impressions,
        case when evaluated_days.is_latest then evaluated_days.clicks else as_known.clicks end as clicks,
        case when evaluated_days.is_latest then evaluated_days.spend else as_known.spend end as spend,
        case when evaluated_days.is_latest then evaluated_days.conversions else as_known.conversions end as conversions,
        case when evaluated_days.is_latest then evaluated_days.revenue else as_known.revenue end as revenue
    from evaluated_days
    left join lateral (
        {{ metrics_at_same_age('evaluated_days', 'evaluated_days') }}
    ) as as_known on not evaluated_days.is_latest
    where evaluated_days.is_latest or as_known.campaign_id is not null

),

-- Days at the same age where observations reach back far enough, otherwise days as known now.
compared as (

    select
        campaign_days.*,
        workspaces.roas_drop_ratio,
        workspaces.min_spend,
        workspaces.high_spend_ratio,
        workspaces.low_conversions_ratio,
        workspaces.ctr_drop_ratio,
        round(campaign_days.spend * campaign_days.fx_rate, 4) as spend_reporting,
        {{ ratio('campaign_days.revenue', 'campaign_days.spend') }} as roas,
        {{ ratio('campaign_days.clicks', 'campaign_days.impressions', factor=100) }} as ctr,
        usual.*
    from campaign_days
    inner join {{ ref('stg_adsync__workspaces') }} as workspaces
        on campaign_days.workspace_id = workspaces.workspace_id
    cross join lateral (
        select
            days.kind as baseline_kind,
            count(*) as baseline_days,
            -- In the account's currency: a rate that moved is no change of spend.
            avg(days.spend) as usual_spend,
            avg(days.conversions) as usual_conversions,
            {{ ratio('sum(days.revenue)', 'sum(days.spend)') }} as usual_roas,
            {{ ratio('sum(days.clicks)', 'sum(days.impressions)', factor=100) }} as usual_ctr
        from {{ ref('campaign_metrics') }} as metrics
        left join lateral (
            {{ metrics_at_same_age('metrics', 'campaign_days') }}
        ) as as_known on true
        cross join
            lateral (
                values
                (
                    'like_aged', as_known.impressions, as_known.clicks, as_known.spend,
                    as_known.conversions, as_known.revenue
                ),
                ('matured', metrics.impressions, metrics.clicks, metrics.spend, metrics.conversions, metrics.revenue)
            ) as days (kind, impressions, clicks, spend, conversions, revenue)
        where
            metrics.workspace_id = campaign_days.workspace_id
            and metrics.platform = campaign_days.platform
            and metrics.account_id = campaign_days.account_id
            and metrics.campaign_id = campaign_days.campaign_id
            and metrics.currency is not distinct from campaign_days.currency
            and metrics.date between campaign_days.date - 30 and campaign_days.date - 1
            and days.spend is not null
        group by days.kind
        having count(*) >= workspaces.min_baseline_days
        order by days.kind
        limit 1
    ) as usual

),

-- `direction` is 1 where the rule fires below the threshold, -1 where it fires above it.
checks as (

    select
        compared.*,
        rules.*
    from compared
    cross join lateral (
        values
        (
            'roas_drop', 'high', 1, compared.roas, compared.usual_roas, compared.roas_drop_ratio,
            compared.spend_reporting > compared.min_spend,
            'Claimed ROAS ' || round(compared.roas, 2) || ', usually ' || round(compared.usual_roas, 2)
            || '; spend ' || {{ amount_text('compared.spend', 'compared.currency') }}
        ),
        (
            'high_spend_low_conversions', 'medium', -1, compared.spend, compared.usual_spend,
            compared.high_spend_ratio,
            compared.conversions < compared.low_conversions_ratio * compared.usual_conversions,
            'Spend ' || {{ amount_text('compared.spend', 'compared.currency') }} || ', usually '
            || {{ amount_text('compared.usual_spend', 'compared.currency') }}
            || '; claimed conversions ' || round(compared.conversions, 1)
            || ', usually ' || round(compared.usual_conversions, 1)
        ),
        (
            'ctr_drop', 'low', 1, compared.ctr, compared.usual_ctr, compared.ctr_drop_ratio, true,
            'CTR ' || round(compared.ctr, 2) || ' %, usually ' || round(compared.usual_ctr, 2) || ' %'
        )
    ) as rules (type, severity, direction, current, baseline, ratio, applies, message)

),

final as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        type,
        is_latest,
        severity,
        message,
        {{ six_decimals('current') }} as current,
        {{ six_decimals('baseline') }} as baseline,
        cast(ratio as numeric(18, 6)) as ratio,
        {{ six_decimals('ratio * baseline') }} as threshold,
        direction,
        coalesce(applies, false) as applies,
        coalesce(applies and direction * current < direction * ratio * baseline, false) as fires,
        baseline_kind,
        baseline_days
    from checks

)

select * from final
