-- What does not add up, row by row, with the likely cause. Nothing is left out of the figures because of it.

with

-- Not materialized: each question reads a few rows of all history, and would copy it first.
metrics as not materialized (

    select * from {{ ref('campaign_metrics') }}

),

-- The platform's own ratios, ROAS of the counted action type, beside ours: mixed up units and columns show there.
reported as (

    select
        metrics.*,
        typed.platform_ctr,
        typed.platform_cpc,
        cast(typed.platform_roas ->> accounts.purchase_action as numeric(18, 6)) as platform_roas
    from metrics
    inner join {{ ref('int_ad_metrics') }} as typed
        on
            metrics.platform = typed.platform
            and metrics.account_id = typed.account_id
            and metrics.campaign_id = typed.campaign_id
            and metrics.date = typed.date
    inner join {{ ref('int_accounts') }} as accounts
        on metrics.platform = accounts.platform and metrics.account_id = accounts.account_id
    where
        {{ disagree('typed.platform_ctr', 'metrics.ctr') }} or {{ disagree('typed.platform_cpc', 'metrics.cpc') }}
        or {{ disagree('cast(typed.platform_roas ->> accounts.purchase_action as numeric)', 'metrics.roas') }}

),

silent_campaigns as (

    select * from {{ ref('int_campaigns__silent') }}

),

campaign_issues as (

    select
        workspace_id,
        'missing_metrics' as type,
        platform,
        account_id,
        campaign_id,
        date,
        cast(null as numeric) as value,
        'active and synced, but the platform reported nothing for the day: likely out of budget, in review, or '
        || 'switched on without ever being shown' as detail
    from silent_campaigns
    union all
    select
        workspace_id,
        'invalid_ctr' as type,
        platform,
        account_id,
        campaign_id,
        date,
        ctr as value,
        'more clicks than impressions: likely clicks of all kinds beside impressions of one, or two columns mixed up'
            as detail
    from metrics
    where ctr > 100
    union all
    select
        workspace_id,
        'suspicious_roas' as type,
        platform,
        account_id,
        campaign_id,
        date,
        roas as value,
        'claimed revenue is over a thousand times the spend: likely '
        || case when conversions = 0 then 'a value without any purchase' else 'a value in cents or millionths' end
            as detail
    from metrics
    where roas > 1000
    union all
    select
        workspace_id,
        'negative_value' as type,
        platform,
        account_id,
        campaign_id,
        date,
        least(impressions, clicks, spend, conversions, revenue) as value,
        'impressions, clicks, spend, conversions or revenue below zero: likely a correction that the platform booked '
        || 'on a later day' as detail
    from metrics
    where least(impressions, clicks, spend, conversions, revenue) < 0
    union all
    select
        workspace_id,
        'identity_ctr' as type,
        platform,
        account_id,
        campaign_id,
        date,
        platform_ctr as value,
        'the platform says ' || round(platform_ctr, 4) || ' %, clicks and impressions say ' || round(ctr, 4)
        || ': likely ' || {{ likely_cause('platform_ctr', 'ctr') }} as detail
    from reported
    where {{ disagree('platform_ctr', 'ctr') }}
    union all
    select
        workspace_id,
        'identity_cpc' as type,
        platform,
        account_id,
        campaign_id,
        date,
        platform_cpc as value,
        'the platform says ' || round(platform_cpc, 4) || ', spend and clicks say ' || round(cpc, 4)
        || ': likely ' || {{ likely_cause('platform_cpc', 'cpc') }} as detail
    from reported
    where {{ disagree('platform_cpc', 'cpc') }}
    union all
    select
        workspace_id,
        'identity_roas' as type,
        platform,
        account_id,
        campaign_id,
        date,
        platform_roas as value,
        'the platform says ' || round(platform_roas, 4) || ', claimed revenue and spend say ' || round(roas, 4)
        || ': likely ' || {{ likely_cause('platform_roas', 'roas') }} as detail
    from reported
    where {{ disagree('platform_roas', 'roas') }}
    union all
    select * from {{ ref('int_campaigns__unlisted') }}

),

unpriced as (

    select
        workspace_id,
        platform,
        account_id,
        currency,
        date
    from metrics
    where fx_rate is null
    union all
    select
        workspace_id,
        platform,
        store_id as account_id,
        currency,
        local_date as date
    from {{ ref('orders') }}
    where fx_rate is null

),

unreconciled as (

    select * from {{ ref('int_accounts__unreconciled') }}

),

account_issues as (

    select
        workspace_id,
        'unknown_currency' as type,
        platform,
        account_id,
        coalesce(currency, 'none') as about,
        max(date) as date,
        cast(count(*) as numeric) as value,
        'no rate for ' || coalesce(currency, 'an unnamed currency') || ' from ' || min(date) || ' to ' || max(date)
        || ': bring one as fx_rates of the workspace, or renew the seed with make rates' as detail
    from unpriced
    group by workspace_id, platform, account_id, currency
    union all
    select * from {{ ref('int_statuses__unmapped') }}
    union all
    select
        workspace_id,
        'stale_account' as type,
        platform,
        account_id,
        status as about,
        {{ local_date('last_success_at', "'UTC'") }} as date,
        cast(extract(epoch from age) / 3600 as numeric) as value,
        coalesce('last read ' || {{ utc_text('last_success_at') }}, 'never read')
        || coalesce(': ' || error_message, '') as detail
    from {{ ref('sync_health') }}
    where is_stale
    union all
    select
        workspace_id,
        'negative_value' as type,
        platform,
        store_id as account_id,
        order_id as about,
        local_date as date,
        least(gross, refunded, net) as value,
        'gross, refunded or net below zero: likely more was given back than the order was worth' as detail
    from {{ ref('orders') }}
    where least(gross, refunded, net) < 0
    union all
    select
        workspace_id,
        'unreconciled' as type,
        platform,
        account_id,
        'spend' as about,
        date,
        difference as value,
        'the platform''s rows and campaign_metrics differ by ' || round(difference, 2) || ' since ' || date
        || ': likely a build that broke off; run dbt build --full-refresh' as detail
    from unreconciled

),

issues as (

    select
        workspace_id,
        type,
        platform || ':' || account_id || ':' || campaign_id || ':' || date as subject,
        platform,
        account_id,
        campaign_id,
        date,
        cast(value as numeric(18, 6)) as value,
        detail
    from campaign_issues
    union all
    select
        workspace_id,
        type,
        platform || ':' || account_id || ':' || about as subject,
        platform,
        account_id,
        cast(null as text) as campaign_id,
        date,
        cast(value as numeric(18, 6)) as value,
        detail
    from account_issues

)

select * from issues
