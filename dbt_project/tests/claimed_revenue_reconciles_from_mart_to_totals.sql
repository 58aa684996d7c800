-- The platforms' rows make up the row of all of them, and both what the campaigns' platforms claim.

with

campaigns as (

    select
        workspace_id,
        date,
        sum(revenue_reporting) as claimed_revenue
    from {{ ref('campaign_metrics') }}
    group by workspace_id, date
    having count(*) = count(revenue_reporting)

),

totals as (

    select
        workspace_id,
        date,
        sum(claimed_revenue) filter (where platform = 'all') as total,
        sum(claimed_revenue) filter (where platform <> 'all') as parts
    from {{ ref('workspace_roas') }}
    group by workspace_id, date

)

select
    campaigns.workspace_id,
    campaigns.date,
    campaigns.claimed_revenue,
    totals.total,
    totals.parts
from campaigns
left join totals on campaigns.workspace_id = totals.workspace_id and campaigns.date = totals.date
where campaigns.claimed_revenue is distinct from totals.total or campaigns.claimed_revenue is distinct from totals.parts
