"""View campaign: the days, names, alerts, issues and attributed orders of one campaign.

data: campaign {platform, account_id, account, campaign_id, name, status, objective, currency, timezone, first_seen,
last_seen}, null if unknown; days [{date, spend, claimed_revenue, claimed_roas, impressions, clicks, ctr,
claimed_conversions, attributed_orders, attributed_revenue, attributed_roas, is_final}], newest first, is_final null
on days without ad metrics; names [{name, first_seen, last_seen}]; alerts and issues; orders
[{store_platform, order_id, number, at, value, type, rule}].
"""

from __future__ import annotations

from typing import Any

from adsync.dashboard.web.queries import alerts
from adsync.dashboard.web.queries.base import MartReader, Row, Values
from adsync.dashboard.web.request import BadRequest, ViewRequest

CAMPAIGN = """
select campaigns.*, health.name as account
from marts.campaigns as campaigns
left join marts.sync_health as health
    on campaigns.platform = health.platform and campaigns.account_id = health.account_id
where
    campaigns.workspace_id = %(workspace)s
    and campaigns.platform = %(platform)s
    and campaigns.campaign_id = %(campaign)s
order by campaigns.last_seen desc nulls last
limit 1
"""
NAMES = """
select name, first_seen, last_seen
from marts.campaign_names
where
    workspace_id = %(workspace)s
    and platform = %(platform)s
    and account_id = %(account)s
    and campaign_id = %(campaign)s
    and not is_current
order by last_seen desc nulls last, name
"""
DAYS = """
with period as (

    select first_day, last_day
    from marts.dashboard_metrics
    where workspace_id = %(workspace)s and period = '90_days'

)

select
    days.date,
    days.spend,
    days.claimed_revenue,
    days.claimed_roas,
    days.impressions,
    days.clicks,
    days.ctr,
    days.claimed_conversions,
    days.attributed_orders,
    days.attributed_revenue,
    days.attributed_roas,
    metrics.is_final
from marts.campaign_days as days
inner join period on days.date between period.first_day and period.last_day
left join marts.campaign_metrics as metrics using (workspace_id, platform, account_id, campaign_id, date)
where
    days.workspace_id = %(workspace)s
    and days.platform = %(platform)s
    and days.account_id = %(account)s
    and days.campaign_id = %(campaign)s
order by days.date desc
"""
ISSUES = """
select type, date, detail
from marts.consistency_issues
where
    workspace_id = %(workspace)s
    and platform = %(platform)s
    and account_id = %(account)s
    and campaign_id = %(campaign)s
order by date desc nulls last, type
limit 20
"""
ORDERS = """
select
    events.store_platform,
    events.order_id,
    orders.number,
    events.event_time as at,
    events.conversion_value as value,
    events.attribution_type as type,
    events.match_rule as rule
from marts.attribution_events as events
inner join marts.orders as orders
    on
        events.store_platform = orders.platform
        and events.store_id = orders.store_id
        and events.order_id = orders.order_id
where
    events.workspace_id = %(workspace)s
    and events.platform = %(platform)s
    and events.account_id = %(account)s
    and events.campaign_id = %(campaign)s
order by events.event_time desc
limit 20
"""


def read(marts: MartReader, request: ViewRequest, _: Row | None) -> dict[str, Any]:
    platform, campaign_id = _key(request.about)
    values = request.values | {"platform": platform, "campaign": campaign_id}
    found = marts.row("campaigns", CAMPAIGN, values)
    return {"campaign": found} | _about(marts, values | {"account": found["account_id"] if found else None})


def _about(marts: MartReader, values: Values) -> dict[str, Any]:
    return {
        "names": marts.rows("campaign_names", NAMES, values),
        "days": marts.rows("campaign_days", DAYS, values),
        "alerts": marts.rows("alerts", alerts.OF_CAMPAIGN, values),
        "issues": marts.rows("consistency_issues", ISSUES, values),
        "orders": marts.rows("attribution_events", ORDERS, values),
    }


def _key(text: str) -> tuple[str, str]:
    """Parses `platform:campaign`, the key of a campaign in alerts."""
    platform, colon, campaign_id = text.partition(":")
    if not colon:
        raise BadRequest(f"invalid campaign {text!r} (expected platform:campaign)")
    return platform, campaign_id
