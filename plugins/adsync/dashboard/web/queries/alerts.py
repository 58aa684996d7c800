"""View alerts: open and closed episodes, and who acknowledged them.

data: open and closed [{alert_id, platform, account_id, campaign_id, campaign, type, severity, message, current,
baseline, threshold, first_date, last_date, opened_at, closed_at, acknowledged_at, acknowledged_by}], most severe and
newest first; closed has the latest `MAX_ROWS`.
"""

from __future__ import annotations

from typing import Any

from adsync.dashboard.web.queries.base import MartReader, Row
from adsync.dashboard.web.request import ViewRequest

MAX_ROWS = 100
EPISODES = """
select
    alerts.alert_id,
    alerts.platform,
    campaigns.account_id,
    alerts.campaign_id,
    campaigns.name as campaign,
    alerts.type,
    alerts.severity,
    alerts.message,
    alerts.current,
    alerts.baseline,
    alerts.threshold,
    alerts.first_date,
    alerts.last_date,
    alerts.opened_at,
    alerts.closed_at,
    alerts.acknowledged_at,
    alerts.acknowledged_by
from adsync.alerts as alerts
left join marts.campaigns as campaigns
    on
        alerts.workspace_id = campaigns.workspace_id
        and alerts.platform = campaigns.platform
        and alerts.campaign_id = campaigns.campaign_id
where alerts.workspace_id = %(workspace)s
"""
OPEN = f"""{EPISODES} and alerts.status = 'open'
order by array_position(array['high', 'medium', 'low'], alerts.severity), alerts.opened_at desc, alerts.alert_id
"""
CLOSED = f"""{EPISODES} and alerts.status = 'closed'
order by alerts.closed_at desc, alerts.alert_id desc
limit %(most)s
"""
OF_CAMPAIGN = f"""{EPISODES} and alerts.platform = %(platform)s and alerts.campaign_id = %(campaign)s
order by alerts.opened_at desc, alerts.alert_id desc
limit 20
"""
# The first acknowledgement is kept.
ACKNOWLEDGE = """
update adsync.alerts
set
    acknowledged_at = coalesce(acknowledged_at, now()),
    acknowledged_by = coalesce(acknowledged_by, %(user)s)
where alert_id = %(alert)s and status = 'open'
returning workspace_id, alert_id, acknowledged_at, acknowledged_by
"""


def read(marts: MartReader, request: ViewRequest, _: Row | None) -> dict[str, Any]:
    return {
        "open": marts.rows("campaigns", OPEN, request.values),
        "closed": marts.rows("campaigns", CLOSED, request.values | {"most": MAX_ROWS}),
    }


def acknowledge(marts: MartReader, alert_id: int, user_name: str) -> Row | None:
    """Returns the alert's workspace and acknowledgement; None if no such alert is open."""
    return marts.row("alerts", ACKNOWLEDGE, {"alert": alert_id, "user": user_name})
