-- The change of an account's day at each age. The running sum is what was known at that age.

with

accounts as (

    select * from {{ ref('int_accounts') }}

),

outdated as (

    {{ accounts_with_changed_settings(ref('int_accounts')) }}

),

changed_days as (

    select
        versions.platform,
        versions.account_id,
        versions.date
    from {{ ref('int_ad_metrics__versions') }} as versions
    where {{ is_new_or_updated_day('versions') }}
    union
    select
        versions.platform,
        versions.account_id,
        versions.date
    from {{ ref('int_ad_metrics__versions') }} as versions
    inner join outdated on versions.platform = outdated.platform and versions.account_id = outdated.account_id

),

versions as (

    select
        versions.*,
        accounts.currency as account_currency,
        {{ day_end('versions.date', 'accounts.timezone') }} as ended_at,
        {{ purchase('versions.purchase_counts', actions_on('accounts', 'versions.date')) }} as conversions,
        {{ purchase('versions.purchase_values', actions_on('accounts', 'versions.date')) }} as revenue,
        accounts.account_id is not null as is_connected
    from changed_days
    inner join {{ ref('int_ad_metrics__versions') }} as versions
        on
            changed_days.platform = versions.platform
            and changed_days.account_id = versions.account_id
            and changed_days.date = versions.date
    left join accounts on changed_days.platform = accounts.platform and changed_days.account_id = accounts.account_id

),

changes as (

    select
        *,
        -- Known at an age of n days: observed at most n times 24 hours after the end of the day.
        cast(greatest(ceil(extract(epoch from observed_at - ended_at) / 86400), 0) as integer) as age_days,
        lag(observed_at) over campaign_day is null as is_first,
        impressions - lag(impressions, 1, 0) over campaign_day as impressions_change,
        clicks - lag(clicks, 1, 0) over campaign_day as clicks_change,
        spend - lag(spend, 1, 0) over campaign_day as spend_change,
        conversions - lag(conversions, 1, 0) over campaign_day as conversions_change,
        revenue - lag(revenue, 1, 0) over campaign_day as revenue_change
    from versions
    window campaign_day as (
        partition by platform, account_id, date, campaign_id order by observed_at, updated_at
    )

),

by_age as (

    select
        platform,
        account_id,
        date,
        age_days,
        max(coalesce(currency, account_currency)) as currency,
        count(*) filter (where is_first) as campaign_days,
        cast(sum(impressions_change) as bigint) as impressions,
        cast(sum(clicks_change) as bigint) as clicks,
        {{ money('sum(spend_change)') }} as spend,
        {{ money('sum(conversions_change)') }} as conversions,
        {{ money('sum(revenue_change)') }} as revenue,
        min(min(observed_at)) over (partition by platform, account_id, date) <= min(ended_at) as was_read_in_time,
        case when bool_and(is_connected) then max(updated_at) end as updated_at
    from changes
    group by platform, account_id, date, age_days

),

final as (

    select * from by_age
    where {{ keep_emptied_units() }}

)

select * from final
