-- What the connected accounts' platforms report as spend today is what the mart holds, account by account.

with

raw_spend as (

    select
        staged.platform,
        staged.account_id,
        sum(staged.spend) as spend,
        count(*) as campaign_days
    from (
        {{ union_staged('ad_platforms', 'campaign_metrics', ['account_id', 'spend']) }}
    ) as staged
    inner join {{ ref('stg_adsync__accounts') }} as accounts
        on staged.platform = accounts.platform and staged.account_id = accounts.account_id
    group by staged.platform, staged.account_id

),

mart_spend as (

    select
        platform,
        account_id,
        sum(spend) as spend,
        count(*) as campaign_days
    from {{ ref('campaign_metrics') }}
    group by platform, account_id

)

select
    platform,
    account_id,
    raw_spend.spend as raw_spend,
    mart_spend.spend as mart_spend
from raw_spend
full join mart_spend using (platform, account_id)
where
    raw_spend.spend is distinct from mart_spend.spend
    or raw_spend.campaign_days is distinct from mart_spend.campaign_days
