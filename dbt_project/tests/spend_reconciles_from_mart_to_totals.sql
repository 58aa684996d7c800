-- The platforms' rows make up the row of all of them, and both the campaigns' spend.

with

campaigns as (

    select
        workspace_id,
        date,
        sum(spend_reporting) as spend
    from {{ ref('campaign_metrics') }}
    group by workspace_id, date
    having count(*) = count(spend_reporting)

),

totals as (

    select
        workspace_id,
        date,
        sum(spend) filter (where platform = 'all') as total,
        sum(spend) filter (where platform <> 'all') as parts
    from {{ ref('workspace_roas') }}
    group by workspace_id, date

)

select
    campaigns.workspace_id,
    campaigns.date,
    campaigns.spend,
    totals.total,
    totals.parts
from campaigns
left join totals on campaigns.workspace_id = totals.workspace_id and campaigns.date = totals.date
where campaigns.spend is distinct from totals.total or campaigns.spend is distinct from totals.parts
