-- Inconsistencies with their likely cause. Affected rows stay in all totals.

with

metric_issues as (

    select * from {{ ref('int_metrics__sanity_checked') }}

),

campaigns_without_metrics as (

    select * from {{ ref('int_campaigns__without_metrics') }}

),

campaign_issues as (

    select
        workspace_id,
        type,
        platform,
        account_id,
        campaign_id,
        date,
        value,
        detail
    from metric_issues
    where campaign_id is not null
    union all
    select
        workspace_id,
        'missing_metrics' as type,
        platform,
        account_id,
        campaign_id,
        date,
        cast(null as numeric) as value,
        'active and synced, but without metrics for the day: likely out of budget, in review, or switched on without '
        || 'ever being shown' as detail
    from campaigns_without_metrics
    union all
    select * from {{ ref('int_campaigns__unlisted') }}

),

unreconciled as (

    select * from {{ ref('int_accounts__unreconciled') }}

),

account_issues as (

    select
        workspace_id,
        type,
        platform,
        account_id,
        subject as about,
        date,
        value,
        detail
    from metric_issues
    where campaign_id is null and type <> 'unknown_currency'
    union all
    select
        workspace_id,
        type,
        platform,
        account_id,
        subject as about,
        max(date) as date,
        sum(value) as value,
        'no exchange rate for ' || coalesce(nullif(subject, 'none'), 'an unnamed currency')
        || ' from ' || min(date) || ' to ' || max(date)
        || ': add one to the workspace''s fx_rates, or update the seed with make rates' as detail
    from metric_issues
    where type = 'unknown_currency'
    group by workspace_id, type, platform, account_id, subject
    union all
    select * from {{ ref('int_order_statuses__unmapped') }}
    union all
    select * from {{ ref('int_orders__deleted') }}
    union all
    select * from {{ ref('int_values__unreadable') }}
    union all
    select * from {{ ref('int_records__rejected') }}
    union all
    select * from {{ ref('int_stores__duplicate') }}
    union all
    select
        workspace_id,
        'stale_account' as type,
        platform,
        account_id,
        status as about,
        {{ local_date('last_success_at', "'UTC'") }} as date,
        cast(extract(epoch from age) / 3600 as numeric) as value,
        coalesce('last synced ' || {{ utc_text('last_success_at') }}, 'never synced')
        || coalesce(': ' || error_message, '') as detail
    from {{ ref('sync_health') }}
    where is_stale
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
        || ': likely an interrupted build; run dbt build --full-refresh' as detail
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
        {{ six_decimals('value') }} as value,
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
        {{ six_decimals('value') }} as value,
        detail
    from account_issues

)

select * from issues
