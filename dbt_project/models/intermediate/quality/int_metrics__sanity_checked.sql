-- Implausible values of campaign days and orders, and amounts without an exchange rate, with the likely cause.

with

-- Ratios as reported by the platform next to ours: differences reveal wrong units or columns.
campaign_days as not materialized (

    select
        metrics.*,
        typed.platform_ctr,
        typed.platform_cpc,
        cast(
            typed.platform_roas
            ->> {{ purchase_action('typed.purchase_values', actions_on('accounts', 'metrics.date')) }}
            as numeric(18, 6)
        ) as platform_roas
    from {{ ref('campaign_metrics') }} as metrics
    left join {{ ref('int_ad_metrics') }} as typed
        on
            metrics.platform = typed.platform
            and metrics.account_id = typed.account_id
            and metrics.campaign_id = typed.campaign_id
            and metrics.date = typed.date
    left join {{ ref('int_accounts') }} as accounts
        on metrics.platform = accounts.platform and metrics.account_id = accounts.account_id

),

orders as not materialized (

    select * from {{ ref('orders') }}

),

checked as (

    select
        *,
        ctr > 100 as is_impossible,
        roas > 1000 as is_too_good,
        least(impressions, clicks, spend, conversions, revenue) < 0 as is_negative,
        {{ ratios_differ('platform_ctr', 'ctr') }} as disagrees_on_ctr,
        {{ ratios_differ('platform_cpc', 'cpc') }} as disagrees_on_cpc,
        {{ ratios_differ('platform_roas', 'roas') }} as disagrees_on_roas
    from campaign_days

),

-- Filtered early: few rows remain.
suspects as (

    select * from checked
    where is_impossible or is_too_good or is_negative or disagrees_on_ctr or disagrees_on_cpc or disagrees_on_roas

),

issues as (

    select
        suspects.workspace_id,
        suspects.date,
        reasons.type,
        suspects.platform,
        suspects.account_id,
        suspects.campaign_id,
        suspects.campaign_id as subject,
        {{ six_decimals('reasons.value') }} as value,
        reasons.detail
    from suspects
    cross join
        lateral (
            values
            (
                suspects.is_impossible, 'invalid_ctr', suspects.ctr,
                'more clicks than impressions: likely clicks of all kinds but impressions of one, '
                || 'or two swapped columns'
            ),
            (
                suspects.is_too_good, 'suspicious_roas', suspects.roas,
                'claimed revenue is more than 1000 times the spend: likely '
                || case
                    when suspects.conversions = 0 then 'a value without any purchase'
                    else 'a value in cents or millionths'
                end
            ),
            (
                suspects.is_negative, 'negative_value',
                least(
                    suspects.impressions, suspects.clicks, suspects.spend, suspects.conversions, suspects.revenue
                ),
                'impressions, clicks, spend, conversions or revenue below zero: likely a correction that the platform '
                || 'reported on a later day'
            ),
            (
                suspects.disagrees_on_ctr, 'identity_ctr', suspects.platform_ctr,
                'the platform reports ' || round(suspects.platform_ctr, 4)
                || ' %, clicks and impressions give ' || round(suspects.ctr, 4)
                || ': likely ' || {{ likely_cause('suspects.platform_ctr', 'suspects.ctr') }}
            ),
            (
                suspects.disagrees_on_cpc, 'identity_cpc', suspects.platform_cpc,
                'the platform reports ' || round(suspects.platform_cpc, 4) || ', spend and clicks give '
                || round(suspects.cpc, 4)
                || ': likely ' || {{ likely_cause('suspects.platform_cpc', 'suspects.cpc') }}
            ),
            (
                suspects.disagrees_on_roas, 'identity_roas', suspects.platform_roas,
                'the platform reports ' || round(suspects.platform_roas, 4)
                || ', claimed revenue and spend give ' || round(suspects.roas, 4)
                || ': likely ' || {{ likely_cause('suspects.platform_roas', 'suspects.roas') }}
            )
        ) as reasons (applies, type, value, detail)
    where reasons.applies
    union all
    select
        workspace_id,
        local_date as date,
        'negative_value' as type,
        platform,
        store_id as account_id,
        null as campaign_id,
        order_id as subject,
        {{ six_decimals('least(gross, refunded, net)') }} as value,
        'gross, refunded or net below zero: likely a refund greater than the order' as detail
    from orders
    where least(gross, refunded, net) < 0

),

without_rate as (

    select
        workspace_id,
        date,
        platform,
        account_id,
        currency
    from campaign_days
    where fx_rate is null
    union all
    select
        workspace_id,
        local_date as date,
        platform,
        store_id as account_id,
        currency
    from orders
    where fx_rate is null

),

sanity_checked as (

    select * from issues
    union all
    select
        workspace_id,
        date,
        'unknown_currency' as type,
        platform,
        account_id,
        null as campaign_id,
        coalesce(currency, 'none') as subject,
        cast(count(*) as numeric(18, 6)) as value,
        null as detail
    from without_rate
    group by workspace_id, date, platform, account_id, currency

)

select * from sanity_checked
