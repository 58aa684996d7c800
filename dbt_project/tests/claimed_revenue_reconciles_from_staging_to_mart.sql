-- The claimed revenue of each account, by its own purchase action, equals the one in campaign_metrics. Accounts that
-- were synced since the mart was built are not compared.

with

staged as (

    select
        staged.platform,
        staged.account_id,
        sum({{ purchase('staged.purchase_values', actions_on('settings', 'staged.date')) }}) as revenue,
        max(staged.loaded_at) as newest
    from {{ connected_only(
        ['ad_platforms', 'campaign_metrics'], ['account_id', 'date', 'purchase_values', 'loaded_at']
    ) }} as staged
    inner join {{ ref('int_accounts') }} as settings
        on staged.platform = settings.platform and staged.account_id = settings.account_id
    group by staged.platform, staged.account_id

),

mart as (

    select
        platform,
        account_id,
        sum(revenue) as revenue
    from {{ ref('campaign_metrics') }}
    group by platform, account_id

)

select
    platform,
    account_id,
    staged.revenue as expected,
    mart.revenue
from staged
full join mart using (platform, account_id)
where
    mart.revenue is distinct from staged.revenue
    and coalesce(staged.newest <= (select max(metrics.updated_at) from {{ ref('campaign_metrics') }} as metrics), true)
