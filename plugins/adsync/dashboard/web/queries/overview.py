"""View overview: spend, revenue and ROAS, and what requires attention.

data: figures {period: {total_spend, total_revenue, roas, impressions, clicks, conversions, ctr, cpc}} from the
dashboard cache, null if it has expired; platforms [{period, platform, ...}], 'all' first; days [{date, spend,
attributed_revenue, store_revenue, attributed_roas}], the last 90; attention {alerts, unseen, stale, accounts}.
"""

from __future__ import annotations

from typing import Any

from adsync.dashboard.snapshot import PERIODS
from adsync.dashboard.web.queries.base import MartReader, Row
from adsync.dashboard.web.request import ViewRequest

PLATFORMS = """
with platforms as (

    select
        periods.period,
        roas.platform,
        case when count(*) = count(roas.spend) then sum(roas.spend) end as spend,
        case when count(*) = count(roas.attributed_revenue) then sum(roas.attributed_revenue) end as attributed_revenue,
        sum(roas.attributed_orders) as attributed_orders,
        case when count(*) = count(roas.claimed_revenue) then sum(roas.claimed_revenue) end as claimed_revenue,
        sum(roas.claimed_conversions) as claimed_conversions,
        case when count(*) = count(roas.store_revenue) then sum(roas.store_revenue) end as store_revenue,
        case when count(*) = count(roas.collected_revenue) then sum(roas.collected_revenue) end as collected_revenue
    from marts.dashboard_metrics as periods
    inner join marts.workspace_roas as roas
        on
            periods.workspace_id = roas.workspace_id
            and roas.date between periods.first_day and periods.last_day
    where periods.workspace_id = %(workspace)s
    group by periods.period, roas.platform

)

select
    *,
    round(attributed_revenue / nullif(spend, 0), 6) as attributed_roas,
    round(claimed_revenue / nullif(spend, 0), 6) as claimed_roas,
    round(store_revenue / nullif(spend, 0), 6) as blended_roas,
    round(collected_revenue / nullif(spend, 0), 6) as collected_roas
from platforms
order by platform <> 'all', spend desc nulls last, platform
"""
DAYS = """
select
    date(days.day) as date,
    roas.spend,
    roas.attributed_revenue,
    roas.store_revenue,
    roas.attributed_roas
from marts.dashboard_metrics as periods
cross join generate_series(periods.first_day, periods.last_day, interval '1 day') as days (day)
left join marts.workspace_roas as roas
    on periods.workspace_id = roas.workspace_id and roas.date = date(days.day) and roas.platform = 'all'
where periods.workspace_id = %(workspace)s and periods.period = '90_days'
order by days.day
"""
ALERTS = """
select
    count(*) as alerts,
    count(*) filter (where acknowledged_at is null) as unseen
from adsync.alerts
where workspace_id = %(workspace)s and status = 'open'
"""
ACCOUNTS = """
select
    count(*) as accounts,
    count(*) filter (where is_stale) as stale
from marts.sync_health
where workspace_id = %(workspace)s and is_active
"""


def read(marts: MartReader, request: ViewRequest, figures: Row | None) -> dict[str, Any]:
    seen = marts.row("alerts", ALERTS, request.values) or {}
    connected = marts.row("sync_health", ACCOUNTS, request.values) or {}
    return {
        "figures": figures and {period: figures[period] for period in PERIODS},
        "platforms": marts.rows("workspace_roas", PLATFORMS, request.values),
        "days": marts.rows("workspace_roas", DAYS, request.values),
        "attention": {"alerts": 0, "unseen": 0, "accounts": 0, "stale": 0} | seen | connected,
    }
