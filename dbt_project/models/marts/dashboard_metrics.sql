-- The dashboard's four periods by workspace, in its currency and time zone, including today.

with

workspaces as (

    select
        workspace_id,
        currency,
        timezone,
        {{ local_date(as_of(), 'timezone') }} as today
    from {{ ref('stg_adsync__workspaces') }}

),

periods as (

    select
        workspaces.*,
        periods.period,
        workspaces.today - periods.days + 1 as first_day
    from workspaces
    cross join (values {{ dashboard_periods() }}) as periods (period, days)

),

totals as (

    select
        periods.workspace_id,
        periods.period,
        {{ sum_or_null('roas.spend') }} as total_spend,
        {{ sum_or_null('roas.attributed_revenue') }} as total_revenue,
        sum(roas.attributed_orders) as conversions
    from periods
    inner join {{ ref('workspace_roas') }} as roas
        on
            periods.workspace_id = roas.workspace_id
            and roas.platform = 'all'
            and roas.date between periods.first_day and periods.today
    group by periods.workspace_id, periods.period

),

delivery as (

    select
        periods.workspace_id,
        periods.period,
        sum(days.impressions) as impressions,
        sum(days.clicks) as clicks
    from periods
    inner join {{ ref('int_workspace_days') }} as days
        on
            periods.workspace_id = days.workspace_id
            and days.date between periods.first_day and periods.today
    group by periods.workspace_id, periods.period

),

-- Complete: every active account is synced for the whole period, including its current day.
health as (

    select
        periods.workspace_id,
        periods.period,
        max(health.last_success_at) as as_of,
        bool_and(
            health.last_success_at is not null
            and not health.is_stale
            and coalesce(health.covered_from, periods.first_day) <= periods.first_day
            and coalesce(health.covered_through, accounts.today) >= accounts.today
        ) as complete,
        min(finality.final_through) + 1 as provisional_from,
        coalesce(
            jsonb_agg(health.platform || ':' || health.account_id order by health.platform, health.account_id)
            filter (where health.is_stale),
            '[]'
        ) as stale_accounts
    from periods
    inner join {{ ref('sync_health') }} as health on periods.workspace_id = health.workspace_id and health.is_active
    inner join {{ ref('int_accounts') }} as accounts
        on health.platform = accounts.platform and health.account_id = accounts.account_id
    inner join {{ ref('account_finality') }} as finality
        on health.platform = finality.platform and health.account_id = finality.account_id
    group by periods.workspace_id, periods.period

),

joined as (

    select
        periods.*,
        case when totals.workspace_id is null then 0 else totals.total_spend end as total_spend,
        case when totals.workspace_id is null then 0 else totals.total_revenue end as total_revenue,
        coalesce(totals.conversions, 0) as conversions,
        coalesce(delivery.impressions, 0) as impressions,
        coalesce(delivery.clicks, 0) as clicks,
        health.as_of,
        coalesce(health.complete, false) as complete,
        health.provisional_from,
        coalesce(health.stale_accounts, '[]') as stale_accounts
    from periods
    left join totals on periods.workspace_id = totals.workspace_id and periods.period = totals.period
    left join delivery on periods.workspace_id = delivery.workspace_id and periods.period = delivery.period
    left join health on periods.workspace_id = health.workspace_id and periods.period = health.period

),

dashboard as (

    select
        workspace_id,
        period,
        {{ money('total_spend') }} as total_spend,
        {{ money('total_revenue') }} as total_revenue,
        {{ ratio('total_revenue', 'total_spend') }} as roas,
        cast(impressions as bigint) as impressions,
        cast(clicks as bigint) as clicks,
        cast(conversions as bigint) as conversions,
        {{ ratio('clicks', 'impressions', factor=100) }} as ctr,
        {{ ratio('total_spend', 'clicks') }} as cpc,
        as_of,
        complete,
        first_day,
        today as last_day,
        currency,
        timezone,
        provisional_from,
        stale_accounts
    from joined

)

select * from dashboard
