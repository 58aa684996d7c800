-- The share of its final value that a metric shows at each age of its day.

with

accounts as (

    select * from {{ ref('int_accounts') }}
    where kind = 'ad_account'

),

-- Final days that were synced from their start on: days loaded as history have a single version.
final_changes as (

    select
        accounts.workspace_id,
        accounts.reporting_currency,
        changes.*
    from {{ ref('int_ad_metrics__changes') }} as changes
    inner join accounts
        on
            changes.platform = accounts.platform
            and changes.account_id = accounts.account_id
            and changes.date <= accounts.today - {{ var('adsync_final_after_days') }}
            and changes.date
            > accounts.today - {{ var('adsync_final_after_days') }} - {{ var('adsync_maturity_days') }}
    where changes.was_read_in_time

),

converted as (

    select
        final_changes.*,
        {{ joined_rate('final_changes') }} as fx_rate
    from final_changes
    {{ join_rates('final_changes', 'date') }}

),

changes_by_age as (

    select
        converted.workspace_id,
        converted.platform,
        metrics.metric,
        converted.age_days,
        sum(converted.campaign_days) as campaign_days,
        sum(metrics.change) as change
    from converted
    cross join
        lateral (
            values
            ('impressions', converted.impressions),
            ('clicks', converted.clicks),
            ('spend', converted.spend * converted.fx_rate),
            ('conversions', converted.conversions),
            ('revenue', converted.revenue * converted.fx_rate)
        ) as metrics (metric, change)
    group by converted.workspace_id, converted.platform, metrics.metric, converted.age_days

),

totals as (

    select
        workspace_id,
        platform,
        metric,
        sum(campaign_days) as campaign_days,
        sum(change) as final
    from changes_by_age
    group by workspace_id, platform, metric

),

ages as (

    select cast(age as integer) as age_days
    from generate_series(0, {{ var('adsync_final_after_days') }}) as series (age)

),

spine as (

    select
        totals.*,
        ages.age_days
    from totals
    cross join ages

),

maturity as (

    select
        spine.workspace_id,
        spine.platform,
        spine.metric,
        spine.age_days,
        {{ ratio('coalesce(sum(changes_by_age.change), 0)', 'min(spine.final)') }} as share,
        cast(min(spine.campaign_days) as bigint) as rows
    from spine
    left join changes_by_age
        on
            spine.workspace_id = changes_by_age.workspace_id
            and spine.platform = changes_by_age.platform
            and spine.metric = changes_by_age.metric
            and spine.age_days >= changes_by_age.age_days
    group by spine.workspace_id, spine.platform, spine.metric, spine.age_days

)

select * from maturity
