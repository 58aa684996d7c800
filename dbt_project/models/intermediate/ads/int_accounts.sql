-- Connected accounts with the settings that their metrics or orders depend on.

with

-- Of several links to one store, the one that counts.
accounts as (

    select * from {{ ref('stg_adsync__accounts') }}
    where
        (platform, account_id) not in (
            select
                stores.platform,
                stores.account_id
            from {{ ref('int_stores__identified') }} as stores
            where stores.account_id <> stores.counted_as
        )

),

workspaces as (

    select * from {{ ref('stg_adsync__workspaces') }}

),

described as (

    {{ union_sources('ad_platforms', 'accounts', ['account_id', 'name', 'currency']) }}
    union all
    {{ union_sources('stores', 'stores', ['account_id', 'name', 'currency']) }}

),

-- The action types that count as a purchase, in order of precedence.
default_actions as (

    select
        platform,
        jsonb_agg(action order by precedence) as actions,
        jsonb_agg(action order by precedence) filter (where is_total) as total_actions,
        array_agg(action) filter (where is_total) as totals
    from {{ ref('purchase_actions') }}
    group by platform

),

rates as (

    select
        md5(string_agg(cast(fx_rates as text), ';' order by currency, valid_from))
        || {{ var('adsync_rate_serves_days') }} as version
    from {{ ref('fx_rates') }} as fx_rates

),

with_settings as (

    select
        accounts.platform,
        accounts.account_id,
        accounts.workspace_id,
        accounts.kind,
        coalesce(accounts.name, described.name) as name,
        coalesce(accounts.currency, described.currency) as currency,
        coalesce(accounts.timezone, workspaces.timezone) as timezone,
        workspaces.currency as reporting_currency,
        workspaces.timezone as workspace_timezone,
        workspaces.window_days,
        case
            when accounts.purchase_action is not null then jsonb_build_array(accounts.purchase_action)
            else default_actions.actions
        end as purchase_actions,
        default_actions.total_actions,
        case when accounts.purchase_action is null then reported.since end as totals_since,
        accounts.is_active,
        coverage.covered_from,
        rates.version || workspaces.own_rates as rates_version
    from accounts
    inner join workspaces on accounts.workspace_id = workspaces.workspace_id
    left join described on accounts.platform = described.platform and accounts.account_id = described.account_id
    left join default_actions on accounts.platform = default_actions.platform
    -- The first day of an account with a type that counts all purchases, by the index on its days.
    left join lateral (  -- noqa: ST05
        select metrics.date as since
        from {{ ref('int_ad_metrics') }} as metrics
        where
            accounts.platform = metrics.platform
            and accounts.account_id = metrics.account_id
            and (
                jsonb_exists_any(metrics.purchase_counts, default_actions.totals)
                or jsonb_exists_any(metrics.purchase_values, default_actions.totals)
            )
        order by metrics.date
        limit 1
    ) as reported on true
    left join {{ ref('stg_adsync__metric_coverage') }} as coverage
        on accounts.platform = coverage.platform and accounts.account_id = coverage.account_id
    cross join rates

),

fingerprinted as (

    select
        *,
        {{ local_date(as_of(), 'timezone') }} as today,
        md5(cast(jsonb_build_array(
            workspace_id, currency, timezone, reporting_currency, workspace_timezone, purchase_actions, total_actions,
            totals_since, rates_version
        ) as text)) as settings_key
    from with_settings

)

select * from fingerprinted
