-- Ad accounts whose spend in campaign_metrics differs from their typed rows, over the dashboard's 90 days.

with

unreconciled as (

    select
        accounts.workspace_id,
        accounts.platform,
        accounts.account_id,
        accounts.today - 90 as date,
        {{ money('typed.spend - booked.spend') }} as difference
    from {{ ref('int_accounts') }} as accounts
    cross join
        lateral (
            select coalesce(sum(source.spend), 0) as spend
            from {{ ref('int_ad_metrics') }} as source
            where
                accounts.platform = source.platform
                and accounts.account_id = source.account_id
                and source.date >= accounts.today - 90
        ) as typed
    cross join
        lateral (
            select coalesce(sum(metrics.spend), 0) as spend
            from {{ ref('campaign_metrics') }} as metrics
            where
                accounts.platform = metrics.platform
                and accounts.account_id = metrics.account_id
                and metrics.date >= accounts.today - 90
        ) as booked
    where typed.spend <> booked.spend

)

select * from unreconciled
