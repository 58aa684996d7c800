"""View campaigns: every campaign with spend or attributed orders in the period.

data: campaigns [{platform, account_id, account, campaign_id, name, status, spend, impressions, clicks, ctr, cpc,
claimed_conversions, claimed_revenue, claimed_roas, attributed_orders, attributed_revenue, attributed_roas, alerts}],
highest spend first, at most `MAX_ROWS`; total, the number of campaigns.
"""

from __future__ import annotations

from typing import Any

from adsync.dashboard.web.queries.base import MartReader, Row, split_total
from adsync.dashboard.web.request import ViewRequest

MAX_ROWS = 500
CAMPAIGNS = """
with

period as (

    select first_day, last_day
    from marts.dashboard_metrics
    where workspace_id = %(workspace)s and period = %(period)s

),

spent as (

    select
        metrics.platform,
        metrics.account_id,
        metrics.campaign_id,
        case when count(*) = count(spend_reporting) then sum(spend_reporting) end as spend,
        case when count(*) = count(revenue_reporting) then sum(revenue_reporting) end as claimed_revenue,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(conversions) as claimed_conversions
    from marts.campaign_metrics as metrics
    inner join period on metrics.date between period.first_day and period.last_day
    where metrics.workspace_id = %(workspace)s
    group by 1, 2, 3

),

sold as (

    select
        events.platform,
        events.account_id,
        events.campaign_id,
        count(*) as attributed_orders,
        case when count(*) = count(conversion_value) then sum(conversion_value) end as attributed_revenue
    from marts.attribution_events as events
    inner join period on events.campaign_date between period.first_day and period.last_day
    where events.workspace_id = %(workspace)s
    group by 1, 2, 3

),

-- No row is a zero; a row without an amount is an unknown amount.
joined as (

    select
        platform,
        account_id,
        campaign_id,
        case when spent.platform is null then 0 else spend end as spend,
        case when spent.platform is null then 0 else claimed_revenue end as claimed_revenue,
        coalesce(impressions, 0) as impressions,
        coalesce(clicks, 0) as clicks,
        coalesce(claimed_conversions, 0) as claimed_conversions,
        coalesce(attributed_orders, 0) as attributed_orders,
        case when sold.platform is null then 0 else attributed_revenue end as attributed_revenue
    from spent
    full join sold using (platform, account_id, campaign_id)

)

select
    joined.*,
    campaigns.name,
    campaigns.status,
    health.name as account,
    round(100.0 * clicks / nullif(impressions, 0), 6) as ctr,
    round(spend / nullif(clicks, 0), 6) as cpc,
    round(claimed_revenue / nullif(spend, 0), 6) as claimed_roas,
    round(attributed_revenue / nullif(spend, 0), 6) as attributed_roas,
    (
        select count(*) from adsync.alerts as alerts
        where
            alerts.workspace_id = %(workspace)s
            and alerts.platform = joined.platform
            and alerts.campaign_id = joined.campaign_id
            and alerts.status = 'open'
    ) as alerts,
    count(*) over () as total
from joined
left join marts.campaigns as campaigns
    on
        campaigns.workspace_id = %(workspace)s
        and joined.platform = campaigns.platform
        and joined.account_id = campaigns.account_id
        and joined.campaign_id = campaigns.campaign_id
left join marts.sync_health as health
    on joined.platform = health.platform and joined.account_id = health.account_id
order by spend desc nulls last, joined.platform, joined.campaign_id
limit %(most)s
"""


def read(marts: MartReader, request: ViewRequest, _: Row | None) -> dict[str, Any]:
    campaigns, total = split_total(marts.rows("campaign_metrics", CAMPAIGNS, request.values | {"most": MAX_ROWS}))
    return {"campaigns": campaigns, "total": total}
