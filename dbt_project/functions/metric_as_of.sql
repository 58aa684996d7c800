with

latest_versions as (

    select distinct on (versions.platform, versions.account_id, versions.date, versions.campaign_id)
        accounts.workspace_id,
        versions.platform,
        versions.account_id,
        versions.campaign_id,
        versions.date,
        versions.impressions,
        versions.clicks,
        versions.spend,
        {{ purchase('versions.purchase_counts', actions_on('accounts', 'versions.date')) }} as conversions,
        {{ purchase('versions.purchase_values', actions_on('accounts', 'versions.date')) }} as revenue,
        coalesce(versions.currency, accounts.currency) as currency,
        accounts.reporting_currency,
        versions.is_withdrawn,
        versions.observed_at
    from {{ ref('int_ad_metrics__versions') }} as versions
    inner join {{ ref('int_accounts') }} as accounts
        on versions.platform = accounts.platform and versions.account_id = accounts.account_id
    where versions.observed_at <= metric_as_of.moment
    order by
        versions.platform, versions.account_id, versions.date, versions.campaign_id,
        versions.observed_at desc, versions.updated_at desc

),

converted as (

    select
        latest_versions.*,
        {{ joined_rate('latest_versions') }} as fx_rate
    from latest_versions
    {{ join_rates('latest_versions', 'date') }}
    where not latest_versions.is_withdrawn

)

select
    workspace_id,
    platform,
    account_id,
    campaign_id,
    date,
    impressions,
    clicks,
    spend,
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
    observed_at
from converted
