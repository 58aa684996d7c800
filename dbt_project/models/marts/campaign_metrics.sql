-- Spend, and conversions and revenue claimed by the platform, by campaign and day.

with

accounts as (

    select * from {{ ref('int_accounts') }}

),

changed_days as (

    {{ changed_campaign_days() }}

),

metrics as (

    select
        accounts.workspace_id,
        changed_days.platform,
        changed_days.account_id,
        metrics.campaign_id,
        changed_days.date,
        coalesce(metrics.impressions, 0) as impressions,
        coalesce(metrics.clicks, 0) as clicks,
        coalesce(metrics.spend, 0) as spend,
        -- One action type per row: platforms report the same purchase under several.
        {{ purchase('metrics.purchase_counts', actions_on('accounts', 'metrics.date')) }} as conversions,
        {{ purchase('metrics.purchase_values', actions_on('accounts', 'metrics.date')) }} as revenue,
        coalesce(metrics.currency, accounts.currency) as currency,
        accounts.reporting_currency,
        changed_days.date <= finality.final_through and coalesce(metrics.is_settled, true) as is_final,
        metrics.updated_at
    from changed_days
    inner join {{ ref('int_ad_metrics') }} as metrics
        on
            changed_days.platform = metrics.platform
            and changed_days.account_id = metrics.account_id
            and changed_days.date = metrics.date
    inner join accounts
        on changed_days.platform = accounts.platform and changed_days.account_id = accounts.account_id
    left join {{ ref('account_finality') }} as finality
        on changed_days.platform = finality.platform and changed_days.account_id = finality.account_id

),

converted as (

    select
        metrics.*,
        {{ joined_rate('metrics') }} as fx_rate
    from metrics
    {{ join_rates('metrics', 'date') }}

),

campaign_days as (

    select
        workspace_id,
        platform,
        account_id,
        campaign_id,
        date,
        impressions,
        clicks,
        {{ money('spend') }} as spend,
        conversions,
        revenue,
        {{ ratio('clicks', 'impressions', factor=100) }} as ctr,
        {{ ratio('spend', 'clicks') }} as cpc,
        {{ ratio('spend', 'impressions', factor=1000) }} as cpm,
        {{ ratio('revenue', 'spend') }} as roas,
        currency,
        reporting_currency,
        cast(fx_rate as numeric(20, 10)) as fx_rate,
        {{ money('round(spend * fx_rate, 4)') }} as spend_reporting,
        {{ money('round(revenue * fx_rate, 4)') }} as revenue_reporting,
        is_final,
        updated_at
    from converted

)

select * from campaign_days
